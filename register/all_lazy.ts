/**
 * As `isonet/register`, and from here on the connections that `http`, `https`,
 * `http2` and `tls` open are this package's as well.
 *
 * ```sh
 * node --import isonet/register/all app.js
 * bun --preload isonet/register/all app.js
 * ```
 *
 * @module
 */
import { answerNeighbours } from "../runtime/register/neighbours.ts";
import { register } from "../runtime/register/register.ts";
import { replacement } from "./lazy_replacement.ts";

register(replacement);
answerNeighbours(replacement);

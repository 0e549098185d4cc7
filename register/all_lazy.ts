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
import "./lazy.ts";

answerNeighbours();

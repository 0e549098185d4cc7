/**
 * As `@isonet/net/register`, and from here on the connections that `http`,
 * `https`, `http2` and `tls` open are this package's as well.
 *
 * ```sh
 * deno run --allow-net --import jsr:@isonet/net/register/all app.ts
 * ```
 *
 * @module
 */
import { answerNeighbours } from "../runtime/register/neighbours.ts";
import "./eager.ts";

answerNeighbours();

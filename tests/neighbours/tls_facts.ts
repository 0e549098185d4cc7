/**
 * What the `tls` of a runtime cannot do, over its own sockets neither.
 *
 * @module
 */
import { runtimeName } from "../helpers/runtime.ts";

const isDeno = runtimeName === "deno";

/**
 * Why a Unix socket with text in it does not go on to TLS, if so. Deno has no
 * handle for such a connection, so its `tls` reads the stream, which has been
 * decoded. Its own `net` has the handle.
 */
export const noTextOverUnix: string | false = isDeno &&
  "Deno: tls reads a Unix socket of ours as a stream";

/**
 * Whether `tls` reports an error that ends reading. Deno's takes each for the
 * peer's end (2.9.5; not reported).
 */
export const reportsReadErrors: boolean = !isDeno;

/**
 * Whether what `tls` writes by a handle is counted there. In Deno 2.9.5 it is
 * not (not reported).
 */
export const countsWrites: boolean = !isDeno;

/** Whether a session is resumed. Deno's `tls` begins a new one each time. */
export const resumesSessions: boolean = !isDeno;

/** Whether `tls` can renegotiate. Deno's and Bun's report that they cannot. */
export const renegotiates: boolean = runtimeName === "node";

/**
 * Whether the error of a handshake that takes too long has its code. Deno's has
 * none (2.9.5; not reported).
 */
export const namesHandshakeTimeout: boolean = !isDeno;

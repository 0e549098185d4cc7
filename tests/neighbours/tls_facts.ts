/**
 * What the `tls` of a runtime cannot do, over its own sockets neither.
 *
 * @module
 */
import { isBunBefore, runtimeName } from "../helpers/runtime.ts";

const isDeno = runtimeName === "deno";

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

/**
 * Whether anything that passes by a handle is counted there. Before 1.4.3, the
 * raw half that Bun's `tls` leaves does not count what it reads, nor say which
 * TLS socket writes.
 */
export const countsBelow: boolean = !isBunBefore("1.4.3");

/**
 * Whether a session is resumed. Deno's `tls` begins a new one each time, and so
 * does Bun's over another socket before 1.4.3.
 */
export const resumesSessions: boolean = !isDeno && !isBunBefore("1.4.3");

/**
 * Whether a server that is given its connections chooses a protocol by ALPN.
 * Bun's does since 1.4.4.
 */
export const choosesProtocols: boolean = !isBunBefore("1.4.4");

/**
 * Why a TLS socket does not hear how the connect of the socket below it went, if
 * so.
 */
export const hearsNoConnect: string | false = isBunBefore("1.4.4") &&
  "Bun before 1.4.4: a TLS socket does not hear of the connect below it";

/** Why an end that has ended its side reads no answer, if so. */
export const readsNoAnswer: string | false = isBunBefore("1.4.3") &&
  "Bun before 1.4.3: a TLS socket that has ended reads no more";

/** The same for an answer that comes at once. */
export const readsNoQuickAnswer: string | false = isBunBefore("1.4.1") &&
  "Bun before 1.4.1: a TLS socket that has ended reads no more";

/**
 * Why a Unix socket with text in it goes on to TLS only once its writes are
 * done, if so.
 */
export const waitsForNoText: string | false = runtimeName === "bun" &&
  "Bun: while a write is under way, tls uses a Unix socket as a stream; of its own net, too";

/** Why a large transfer over TCP stops, if so. */
export const stopsLargeTransfers: string | false = isBunBefore("1.4.0") &&
  "Bun before 1.4: a large write of tls over a socket stops, of its own net, too";

/** Whether `tls` can renegotiate. Deno's and Bun's report that they cannot. */
export const renegotiates: boolean = runtimeName === "node";

/**
 * Whether the error of a handshake that takes too long has its code. Deno's has
 * none (2.9.5; not reported).
 */
export const namesHandshakeTimeout: boolean = !isDeno;

/**
 * Why an end that does not read holds nobody back, if so: Deno's `tls` takes what
 * arrives, and keeps it. With its own `net`, too:
 * https://github.com/denoland/deno/pull/33524
 */
export const readsAhead: string | false = isDeno &&
  "Deno's tls reads on while nobody reads from it; of its own net, too";

/** Whether a server hears an error if a client ends before it has said a word. */
export const errsOnEarlyEnds: boolean = runtimeName === "bun";

/** Why text that was not read before TLS is not an error to a client, if so. */
export const dropsText: string | false = runtimeName === "bun" &&
  "Bun's tls drops what a client had not read; of its own net, too";

/**
 * Whether a TLS socket over one that was connecting then has addresses. In Deno
 * 2.9.5 it has those of its own sockets only, and only of a host with one address.
 */
export const hasEarlyAddresses: boolean = !isDeno;

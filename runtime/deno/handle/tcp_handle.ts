/**
 * What `Deno.Conn` has no method for, in any version up to 2.9: a keep-alive
 * delay (https://github.com/denoland/deno/issues/35634) and a RST (not
 * reported).
 *
 * Both use the handle class of the runtime's own `node:net`, which can open a
 * duplicate of a connection's descriptor. Closing the duplicate leaves the
 * connection open.
 *
 * A RST needs two things. First, the socket must have `SO_LINGER` on with zero
 * seconds; the duplicate's `reset()` sets that. Second, the last descriptor
 * must be closed before a FIN was sent: a peer that saw a FIN reports the end,
 * not `ECONNRESET`, and `Deno.Conn.close()` always sends a FIN. The one call
 * that gives up a connection without a FIN is `Deno.startTls`. With text that
 * is not a certificate, it drops the socket before it sends a byte of TLS. It
 * throws while a read is pending, so the read is cancelled first.
 *
 * The alternatives, each tried with 50 to 200 connections:
 *
 * - `SO_LINGER`, then `Deno.Conn.close()`: a FIN, then the RST. The peer
 *   reports the end every time.
 * - Closing with bytes unread: the same.
 * - A handle that opens the descriptor by its number, `open(fd)`: a RST, but
 *   Deno later closes that number once more, whoever has it by then.
 * - All TCP through `node:net`: a RST every time, and one more system call for
 *   each read.
 *
 * @module
 */
import { denoNamespace, type NativeConn } from "../api.ts";
import { setTimeout } from "../../timers.ts";
import { requireFeature } from "../errors.ts";
import type { DenoInternals, TcpHandle } from "../internals.ts";
import { hasLibc } from "../libc.ts";
import type { Resource } from "../resource/resource.ts";

/** Whether this version of Deno shows what a duplicate needs. */
export function canDuplicate({ core, Handle }: DenoInternals): boolean {
  return core !== null && Handle !== null;
}

/** Whether there is a means to send a RST. */
export function canReset(internals: DenoInternals): boolean {
  return canDuplicate(internals) || hasLibc();
}

/**
 * Whether the handle has a call for a keep-alive delay, as since 2.8.3:
 * https://github.com/denoland/deno/pull/34865
 */
export function canDelayByHandle(internals: DenoInternals): boolean {
  return canDuplicate(internals) &&
    internals.Handle!.prototype.setKeepAlive !== undefined;
}

/** Whether there is a means to set a keep-alive delay. */
export function canDelayKeepAlive(internals: DenoInternals): boolean {
  return canDelayByHandle(internals) || hasLibc();
}

/** Refuse what there is no means for: a delay, or the probes after it. */
export function requireKeepAlive(
  internals: DenoInternals,
  delays: boolean,
  probes: boolean,
): void {
  if (delays) requireFeature("keepAliveDelay", canDelayKeepAlive(internals));
  if (probes) requireFeature("keepAliveProbes", hasLibc());
}

/**
 * A handle on a duplicate of the connection's descriptor.
 *
 * @returns `null` if this version shows no such handle, and while a write is
 * blocked: Deno does not let anyone else use the descriptor then.
 */
export function duplicate(
  resource: Resource,
  { core, Handle }: DenoInternals,
): TcpHandle | null {
  if (core === null || Handle === null) return null;
  const handle = new Handle(0);
  if (handle.openFromRid(resource.rid) === 0) return handle;
  handle.close();
  return null;
}

const NOT_A_CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/**
 * Close the descriptor of a connection without a FIN. No read and no write may
 * be pending on it.
 */
export function closeWithoutFin(conn: NativeConn): void {
  denoNamespace().startTls(conn, { caCerts: [NOT_A_CERTIFICATE] }).then(
    (tls) => tls.close(),
    () => {
      // As expected. If it refused the connection, close that as usual.
      try {
        conn.close();
      } catch {
        // It took the connection, and has closed it.
      }
    },
  );
}

/** Something that needs a duplicate, while there is no descriptor for it. */
interface DescriptorWait {
  /** Try once more; `true` if there is nothing left to do. */
  attempt(): boolean;
  /** Do without. Left out, it is tried until it succeeds. */
  giveUp?(): void;
}

/** Milliseconds between two attempts, and attempts before giving up. */
const WAIT_DELAY = 5;
const PATIENCE = 20;

/** What waits for a descriptor, and how often it was tried. */
const waits: Map<DescriptorWait, number> = new Map();
let isTicking = false;

/** Call `attempt` until there is a descriptor to make a duplicate with. */
function awaitDescriptor(wait: DescriptorWait): void {
  waits.set(wait, 0);
  if (!isTicking) tick();
}

function tick(): void {
  isTicking = true;
  const timer = setTimeout(() => {
    isTicking = false;
    tryAll();
    if (waits.size > 0 && !isTicking) tick();
  }, WAIT_DELAY);
  // Options are no reason for a program to go on.
  if (![...waits.keys()].some(({ giveUp }) => giveUp)) timer.unref();
}

function tryAll(): void {
  let gaveUp = false;
  for (const [wait, tries] of [...waits]) {
    if (wait.attempt()) {
      waits.delete(wait);
    } else if (wait.giveUp && tries >= PATIENCE && !gaveUp) {
      // One at a time: what it frees may be all that the others need.
      gaveUp = true;
      waits.delete(wait);
      wait.giveUp();
    } else {
      waits.set(wait, tries + 1);
    }
  }
}

/**
 * Call with such a handle, and close it: now, or as soon as there is a
 * descriptor for it.
 *
 * @param isOver Whether to give up.
 */
export function withDuplicateInTime(
  resource: Resource,
  internals: DenoInternals,
  use: (handle: TcpHandle) => void,
  isOver: () => boolean,
): void {
  const attempt = () => {
    if (isOver()) return true;
    const handle = duplicate(resource, internals);
    if (handle === null) return false;
    use(handle);
    handle.close();
    return true;
  };
  if (!attempt()) awaitDescriptor({ attempt });
}

/**
 * Call with such a handle as soon as there is a descriptor for it; with `null`
 * if there is none for a while.
 */
export function awaitDuplicate(
  resource: Resource,
  internals: DenoInternals,
  use: (handle: TcpHandle | null) => void,
): void {
  awaitDescriptor({
    attempt: () => {
      const handle = duplicate(resource, internals);
      if (handle !== null) use(handle);
      return handle !== null;
    },
    giveUp: () => use(null),
  });
}

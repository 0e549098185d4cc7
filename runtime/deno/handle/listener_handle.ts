/**
 * The handle of what `Deno.listen` returns, for `process.send()`: a TCP handle
 * of `node:net`, which is opened on a duplicate of the descriptor once another
 * process is to get it.
 *
 * Deno shows the descriptor of no listener. The C library finds it, so this
 * needs the permission `--allow-ffi`, and Linux.
 *
 * @module
 */
import type { Listener } from "../../adapter.ts";
import type { TcpHandle, TcpHandleClass } from "../internals.ts";
import { closeDescriptor, duplicateListener, hasLibc } from "../libc.ts";
import { oncePerClass } from "./class_over.ts";

/** Type of a handle that listens. */
const SERVER = 1;

/** The listener of a handle. */
interface HandleOwner extends Listener {
  /** Called with each connection, if a program has set it. */
  onconnection?: unknown;
}

/** The handle of a listener, which is closed with it. */
export interface ListenerHandle extends TcpHandle {
  /** Close the duplicate, if there is one. */
  release(): void;
}

/** A handle of the runtime's that can be opened and passed on. */
interface ServerHandle extends TcpHandle {
  /** Use a descriptor, and close it with the handle. */
  open(fd: number): number;
  fdForIpc(): number;
  getsockname(address: object): number;
}

type ListenerHandleClass = new (owner: HandleOwner) => ListenerHandle;

/** The class of these handles over that of the runtime's. */
const classOver = oncePerClass(makeClassOver);

function makeClassOver(Native: TcpHandleClass): ListenerHandleClass {
  const Handle = Native as new (type: number) => ServerHandle;
  class TCP extends Handle implements ListenerHandle {
    readonly #owner: HandleOwner;
    #isOpen = false;

    constructor(owner: HandleOwner) {
      super(SERVER);
      this.#owner = owner;
    }

    override fdForIpc(): number {
      this.#open();
      return super.fdForIpc();
    }

    #open(): void {
      if (this.#isOpen) return;
      const fd = duplicateListener(this.#owner.endpoint()!);
      if (fd < 0) return;
      this.#isOpen = super.open(fd) === 0;
      if (!this.#isOpen) closeDescriptor(fd);
    }

    release(): void {
      super.close();
    }

    get onconnection(): unknown {
      return this.#owner.onconnection;
    }

    set onconnection(call: unknown) {
      this.#owner.onconnection = call;
    }

    override getsockname(address: object): number {
      Object.assign(address, this.#owner.endpoint());
      return 0;
    }

    override close(): void {
      this.#owner.close();
    }

    override ref(): void {
      this.#owner.ref();
    }

    override unref(): void {
      this.#owner.unref();
    }
  }
  return TCP;
}

/**
 * Make the handle of a TCP listener.
 *
 * @param Native The class of the runtime's handles.
 * @returns `undefined` where its descriptor cannot be found.
 */
export function listenerHandle(
  owner: HandleOwner,
  Native: TcpHandleClass | null,
): ListenerHandle | undefined {
  if (Native?.prototype.fdForIpc === undefined || !hasLibc()) return;
  const Class = classOver(Native);
  return new Class(owner);
}

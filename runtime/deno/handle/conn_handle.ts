/**
 * A connection's handle for other modules of Deno up to 2.7.12, whose handles
 * are JavaScript over a `Deno.Conn`. `tls` and `http` take the `Deno.Conn` out
 * of the handle, and have it as their own from then on.
 *
 * They can do so while no read is pending. In place of a handle with a read
 * pending there is none, and `tls` uses the socket as a stream.
 *
 * @module
 */
import type { Connection } from "../../adapter.ts";
import type { ConnHandleClass, ConnHandles } from "../internals.ts";
import type { Resource } from "../resource/resource.ts";
import { noteConnection } from "./connection_of.ts";

/** The connection of a handle. */
export interface ConnHandleObserver extends Connection {
  /** The other has closed the handle. */
  onHandleClosed(): void;
}

/** A handle that other modules may take the connection out of. */
export class ConnHandle {
  /** The same one each time. */
  readonly handle: InstanceType<ConnHandleClass>;
  /** Whether they have: then they read and write, and the connection does not. */
  isTaken = false;
  #isClosed = false;

  constructor(
    resource: Resource,
    { TCP, Pipe, field }: ConnHandles,
    observer: ConnHandleObserver,
  ) {
    const conn = resource.connAt(
      observer.localEndpoint(),
      observer.remoteEndpoint(),
    );
    const handle = this.handle = observer.kind === "tcp"
      ? new TCP(0, conn)
      : new Pipe(0, conn);
    noteConnection(handle, observer);
    // Their own would look at the connection, as those do who take it.
    Object.assign(handle, {
      ref: () => observer.ref(),
      unref: () => observer.unref(),
      close: (...args: unknown[]) => {
        this.close(...args);
        observer.onHandleClosed();
      },
    });
    Object.defineProperty(handle, "fd", { value: -1, configurable: true });
    const take = (value: unknown) => {
      this.isTaken = true;
      for (const name of ["ref", "unref", "fd", field]) {
        Reflect.deleteProperty(handle, name);
      }
      return handle[field] = value;
    };
    Object.defineProperty(handle, field, {
      get: () => take(conn),
      set: take,
      configurable: true,
    });
  }

  /** Let what was taken keep the process alive, or not. */
  setReferenced(on: boolean): void {
    if (!this.isTaken) return;
    if (on) this.handle.ref();
    else this.handle.unref();
  }

  /** Close the connection that was taken. */
  close(...args: unknown[]): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    Reflect.deleteProperty(this.handle, "close");
    if (this.isTaken) this.handle.close(...args);
  }
}

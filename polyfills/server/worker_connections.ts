/**
 * The connections of a server that it has passed on to other processes, by
 * `process.send(message, socket)`. They count among its connections, and keep
 * it from `'close'`, until they are closed over there.
 *
 * `node:child_process` keeps the lists, one for each server and process.
 *
 * @module
 */

/** The connections that one process was given, as `child_process` lists them. */
export interface SocketList {
  /** Ask the process how many of them are open. */
  getConnections(
    callback: (error: Error | null, count: number) => void,
  ): void;
  /** Call back once they are all closed, or the process has ended. */
  close(callback: () => void): void;
  /** The process has ended. */
  once(event: "exit", listener: () => void): unknown;
}

/** What all processes were given. */
export class WorkerConnections {
  readonly #lists: Set<SocketList> = new Set();

  /** The lists of the processes that have not ended. */
  get lists(): readonly SocketList[] {
    return [...this.#lists];
  }

  /** Ask this list as well, until its process ends. */
  add(list: SocketList): void {
    this.#lists.add(list);
    list.once("exit", () => this.#lists.delete(list));
  }

  /** Count the open connections, those in this process included. */
  count(
    own: number,
    callback: (error: Error | null, count?: number) => void,
  ): void {
    let waiting = this.#lists.size;
    let total = own;
    if (waiting === 0) callback(null, total);
    for (const list of this.#lists) {
      list.getConnections((error, count) => {
        if (waiting === 0) return;
        total += count;
        waiting = error ? 0 : waiting - 1;
        if (error) callback(error);
        else if (waiting === 0) callback(null, total);
      });
    }
  }

  /** Call back once all of them are closed. */
  close(callback: () => void): void {
    let waiting = this.#lists.size;
    if (waiting === 0) callback();
    for (const list of this.#lists) {
      list.close(() => {
        if (--waiting === 0) callback();
      });
    }
  }
}

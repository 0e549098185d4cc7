/**
 * Which connection a handle was made for.
 *
 * @module
 */

const connections: WeakMap<object, object> = new WeakMap();

/** Note the connection of a handle. */
export function noteConnection(handle: object, connection: object): void {
  connections.set(handle, connection);
}

/** The connection that a handle was made for. */
export function connectionOf(handle: object): object | undefined {
  return connections.get(handle);
}

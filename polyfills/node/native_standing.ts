/**
 * Standing as a socket or a server of the runtime's own `net`.
 *
 * Our classes have the runtime's prototypes in their chains, so that `tls`,
 * `http` and `child_process` take their instances for their own. Nothing else
 * of these prototypes is of use: their methods would find none of the state
 * that they work on. What our class does not override is hidden.
 *
 * @module
 */

/**
 * Hide the members of an inherited prototype that a class does not override.
 *
 * @param prototype The prototype of the class.
 * @param inherited One further up its chain.
 */
export function hideInherited(prototype: object, inherited: object): void {
  for (const key of Reflect.ownKeys(inherited)) {
    if (Object.hasOwn(prototype, key)) continue;
    Object.defineProperty(prototype, key, {
      value: undefined,
      configurable: true,
      writable: true,
    });
  }
}

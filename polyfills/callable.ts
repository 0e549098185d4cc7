/**
 * Classes that can be called as Node's function constructors can: without
 * `new`, and as `Socket.call(this, options)` from an ES5-style subclass.
 *
 * @module
 */

/** The object an ES5-style subclass wants initialised, during that call. */
let adopting: object | undefined;

/**
 * A base class that can initialise an object made elsewhere. Its subclass's
 * private fields land on that object, too.
 *
 * @param base One of Node's function constructors (`Duplex`, `EventEmitter`).
 */
export function adoptable<Base extends new (...args: never[]) => object>(
  base: Base,
): Base {
  function Adoptable(this: object, ...args: unknown[]): object {
    const self = adopting ?? this;
    adopting = undefined;
    Reflect.apply(base, self, args);
    return self;
  }
  Adoptable.prototype = base.prototype;
  Object.setPrototypeOf(Adoptable, base);
  return Adoptable as unknown as Base;
}

/**
 * Let a class be called without `new`.
 *
 * @param cls A class whose base went through {@linkcode adoptable}.
 * @returns The class's public face; `new`, `extends`, `instanceof` and plain
 * calls all work on it.
 */
export function callable<Face>(
  cls: new (...args: never[]) => object,
): Face {
  const face = new Proxy(cls, {
    apply(target, self, args) {
      adopting = self instanceof target ? self : undefined;
      try {
        return Reflect.construct(target, args);
      } finally {
        adopting = undefined;
      }
    },
  });
  Object.defineProperty(cls.prototype, "constructor", {
    value: face,
    configurable: true,
    writable: true,
  });
  return face as unknown as Face;
}

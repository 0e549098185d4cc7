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
 * @param constructor One of Node's function constructors (`Duplex`, `EventEmitter`).
 */
export function adoptable<Base extends new (...args: never[]) => object>(
  constructor: Base,
): Base {
  const base = constructor as unknown as (
    this: object,
    options: unknown,
  ) => void;
  function Adoptable(this: object, options: unknown): object {
    const self = adopting ?? this;
    adopting = undefined;
    base.call(self, options);
    return self;
  }
  Adoptable.prototype = base.prototype;
  Object.setPrototypeOf(Adoptable, constructor);
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
  cls: new (first?: never, second?: never) => object,
): Face {
  function face(this: unknown, first?: never, second?: never): object {
    // The common case first: a subclass's prototype needs the slow way.
    if (new.target === face) return new cls(first, second);
    if (new.target) return Reflect.construct(cls, [first, second], new.target);
    adopting = this instanceof cls ? this : undefined;
    try {
      return new cls(first, second);
    } finally {
      adopting = undefined;
    }
  }
  face.prototype = cls.prototype;
  Object.setPrototypeOf(face, cls);
  Object.defineProperty(face, "name", { value: cls.name, configurable: true });
  Object.defineProperty(cls.prototype, "constructor", {
    value: face,
    configurable: true,
    writable: true,
  });
  return face as unknown as Face;
}

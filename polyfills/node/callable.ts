/**
 * Classes that can be called as Node's constructors can, which are functions:
 * without `new`, and as `Socket.call(this, options)` in an ES5-style subclass.
 *
 * @module
 */

/** The `this` of the plain call under way: what the base is to initialise. */
let receiver: object | undefined;

/**
 * Make the base class for a class that goes through {@linkcode callable}. In a
 * plain call such as `Socket.call(this)` it initialises the caller's object
 * instead of a new one, and the private fields of its subclass land on that
 * object, too.
 *
 * @param constructor One of Node's function constructors (`Duplex`,
 * `EventEmitter`).
 * @param prototype What the class inherits from, if not from the prototype of
 * the constructor: an object that inherits from that.
 */
export function callableBase<Base extends new (...args: never[]) => object>(
  constructor: Base,
  prototype: object = constructor.prototype as object,
): Base {
  const initialise = constructor as unknown as (
    this: object,
    options: unknown,
  ) => void;
  function CallableBase(this: object, options: unknown): object {
    const self = receiver ?? this;
    receiver = undefined;
    initialise.call(self, options);
    return self;
  }
  CallableBase.prototype = prototype;
  Object.setPrototypeOf(CallableBase, constructor);
  return CallableBase as unknown as Base;
}

/**
 * Let a class be called without `new`.
 *
 * @param cls A class whose base was made by {@linkcode callableBase}.
 * @returns A function to export in place of the class. `new`, `extends`,
 * `instanceof` and plain calls all work on it.
 */
export function callable<Face>(
  cls: new (first?: never, second?: never) => object,
): Face {
  function face(this: unknown, first?: never, second?: never): object {
    // `Reflect.construct` is slow, and needed only for a subclass.
    if (new.target === face) return new cls(first, second);
    if (new.target) return Reflect.construct(cls, [first, second], new.target);
    receiver = this instanceof cls ? this : undefined;
    try {
      return new cls(first, second);
    } finally {
      receiver = undefined;
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

/**
 * Classes that can be called as Node's constructors can, which are functions:
 * without `new`, and as `Socket.call(this, options)` in an ES5-style subclass.
 *
 * @module
 */

const { isPrototypeOf } = Object.prototype;

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
 * What a function that stands for a class calls, with its `this`, its
 * `new.target` and its arguments.
 */
type Construct = (
  self: unknown,
  target: unknown,
  first?: never,
  second?: never,
) => object;

/**
 * Let a class be called without `new`.
 *
 * @param cls A class whose base was made by {@linkcode callableBase}.
 * @param make Makes the function, which has the name and the arity of Node's.
 * Stack traces name the class of an object as the function is named in its
 * source.
 * @param native The prototype of the runtime's own class of that name. Its
 * instances count as instances of the function as well: `tls` and `http` make
 * theirs from that class. They are no instances of a subclass.
 * @returns The function, to export in place of the class. `new`, `extends`,
 * `instanceof` and plain calls all work on it.
 */
export function callable<Face>(
  cls: new (first?: never, second?: never) => object,
  make: (construct: Construct) => (...args: never[]) => object,
  native: object,
): Face {
  const face = make((self, target, first, second) => {
    // `Reflect.construct` is slow, and needed only for a subclass.
    if (target === face) return new cls(first, second);
    if (typeof target === "function") {
      return Reflect.construct(cls, [first, second], target);
    }
    receiver = self instanceof cls ? self : undefined;
    try {
      return new cls(first, second);
    } finally {
      receiver = undefined;
    }
  });
  face.prototype = cls.prototype;
  // As in Node, the function inherits from the constructor of the base.
  const base = Object.getPrototypeOf(cls);
  Object.setPrototypeOf(face, Object.getPrototypeOf(base));
  Object.defineProperty(face, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(this, value) ||
        (this === face && isPrototypeOf.call(native, value as object));
    },
    configurable: true,
  });
  Object.defineProperty(cls.prototype, "constructor", {
    value: face,
    configurable: true,
    writable: true,
  });
  return face as unknown as Face;
}

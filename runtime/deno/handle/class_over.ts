/**
 * Classes of ours over those of the runtime's handles.
 *
 * @module
 */

/**
 * What makes such a class, once for each class of the runtime.
 *
 * @param make Makes it.
 */
export function oncePerClass<Native extends object, Class>(
  make: (native: Native) => Class,
): (native: Native) => Class {
  const classes = new WeakMap<Native, Class>();
  return (native) => {
    let made = classes.get(native);
    if (made === undefined) classes.set(native, made = make(native));
    return made;
  };
}

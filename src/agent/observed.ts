/**
 * Notices that a method is about to be called without standing in its way.
 *
 * The method becomes an accessor whose getter calls `onRead` and hands out the very same function: no wrapper, so error
 * stacks, `name`, `length` and identity stay what they were. Assigning to it works as before. `onAssign` is told of objects
 * that get an own property of this name by assignment. Returns what puts everything back.
 *
 * A method that somebody made an accessor before us stays theirs, behind ours; one that cannot be changed is not observed.
 */
export function observe(
  target: object,
  key: PropertyKey,
  onRead: (receiver: unknown) => void,
  options: { onAssign?: (receiver: unknown) => void } = {},
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, key);
  const parent = Object.getPrototypeOf(target);
  let assigned: unknown;
  let isAssigned = own !== undefined;
  if (own !== undefined) assigned = own.value;
  const isAccessor = own !== undefined && !("value" in own);
  const read = (receiver: unknown) =>
    isAccessor ? own.get?.call(receiver) : isAssigned ? assigned : Reflect.get(parent, key);

  const Own = ownProperty(key);
  const ours: PropertyDescriptor & ThisType<unknown> = {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get() {
      onRead(this);
      return read(this);
    },
    set(value) {
      if (isAccessor) return own.set?.call(this, value);
      // A plain assignment to an inheriting object (a server, say) makes that object's own property, as it always did.
      if (this !== target) {
        new Own(this as object);
        (this as Record<PropertyKey, unknown>)[key] = value;
        options.onAssign?.(this);
        return;
      }
      assigned = value;
      isAssigned = true;
    },
  };
  Reflect.defineProperty(target, key, ours);

  return function restore() {
    // The application may have defined its own meanwhile, or frozen what is there.
    if (Object.getOwnPropertyDescriptor(target, key)?.get !== ours.get) return;
    if (isAccessor) Reflect.defineProperty(target, key, own);
    else if (isAssigned) {
      Reflect.defineProperty(target, key, {
        configurable: true,
        enumerable: own?.enumerable ?? true,
        writable: true,
        value: assigned,
      });
    } else Reflect.deleteProperty(target, key);
  };
}

/** As a constructor it gives back what it is called with. */
const Same = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** A class whose constructor gives an object a property of its own: a field does that at a tenth of the cost of `Object.defineProperty`. */
function ownProperty(key: PropertyKey): new (object: object) => object {
  return class extends Same {
    [key]: unknown = undefined;
  };
}

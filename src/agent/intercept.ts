/** Functions of the runtime that the agent must see the arguments of. */

type Fn = (...args: unknown[]) => unknown;

/** What happens instead of a call. */
type Call = (target: Fn, self: unknown, args: unknown[]) => unknown;

/** `target`, but calls go to `call`; name, length, text and properties stay. */
export function throughProxy(target: Fn, call: Call): Fn {
  return new Proxy(target, { apply: call });
}

/** Puts `call` in the way of the function that is the property `name` of `place`. */
export function intercept(place: object, name: string, call: Call): void {
  const property = Object.getOwnPropertyDescriptor(place, name);
  const target = Reflect.get(place, name);
  if (property === undefined || typeof target !== "function") return;
  const value = throughProxy(target, call);
  if (property.writable) Reflect.set(place, name, value);
  else {
    const { enumerable = true, configurable = true } = property;
    Object.defineProperty(place, name, { value, enumerable, configurable, writable: true });
  }
}

/** The same where an accessor gives the function: each that it gives has one proxy. */
export function interceptGiven(place: object, name: string, call: Call): void {
  const property = Object.getOwnPropertyDescriptor(place, name);
  if (property?.get === undefined) return intercept(place, name, call);
  const proxies = new WeakMap<Fn, Fn>();
  Reflect.defineProperty(place, name, {
    ...property,
    get() {
      const given: unknown = property.get!.call(this);
      if (typeof given !== "function") return given;
      const proxy = proxies.get(given as Fn) ?? throughProxy(given as Fn, call);
      proxies.set(given as Fn, proxy);
      return proxy;
    },
  });
}

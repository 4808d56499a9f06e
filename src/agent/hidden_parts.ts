/** Parts of the runtime's objects that stand under symbols of its own, which nobody gives out. */

/** The symbol with this description by which an object has a property of its own; undefined if there is none. */
export function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((it) => it.description === description);
}

/** Makes what reads such parts. All objects of a class have the same symbols: each is looked for until it is found. */
export function hiddenParts<Description extends string>(): (
  object: object,
  description: Description,
) => unknown {
  const symbols = new Map<Description, symbol>();
  return function part(object, description) {
    let symbol = symbols.get(description);
    if (symbol === undefined) {
      symbol = symbolOf(object, description);
      if (symbol === undefined) return undefined;
      symbols.set(description, symbol);
    }
    return Reflect.get(object, symbol);
  };
}

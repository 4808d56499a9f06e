/** Numbers of things as people read them. Pure. */

/** A number with its thing, as in `1 request` or `1,234 requests`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A number with a comma at each thousand. */
export function number(value: number): string {
  // `toLocaleString` takes a millisecond each time.
  const [whole = "", fraction] = String(Math.round(value * 1000) / 1000).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

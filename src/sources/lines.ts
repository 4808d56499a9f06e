/** The lines of a text by number, from 0; empty beyond its end. */
export type Lines = (number: number) => string;

/** The lines of a text, without cutting it all up: a bundle may have tens of megabytes. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return function line(number) {
    const start = starts[number];
    return start === undefined ? "" : text.slice(start, (starts[number + 1] ?? text.length + 1) - 1);
  };
}

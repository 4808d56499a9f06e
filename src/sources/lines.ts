/** The lines of a text by number, from 0; empty beyond its end. */
export type Lines = (number: number) => string;

/** What ends a line for V8 and for those who make maps, besides `\n`: one of these alone. https://tc39.es/ecma262/#sec-line-terminators */
const OTHER_END = /\r(?!\n)|[\u2028\u2029]/;
const END = /\r\n?|[\n\u2028\u2029]/g;

/** The lines of a text, without cutting it all up: a bundle may have tens of megabytes. */
export function linesOf(text: string): Lines {
  const starts = [0];
  if (OTHER_END.test(text)) {
    for (const { 0: end, index } of text.matchAll(END)) starts.push(index + end.length);
  } else for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return function line(number) {
    const start = starts[number];
    return start === undefined ? "" : text.slice(start, (starts[number + 1] ?? text.length + 1) - 1);
  };
}

/** Where V8 says that a function is, of which its coverage has only the offset in the script's text. Pure. */
import type { Frame } from "../profile/model.ts";
import { isFunctionAt } from "./function_place.ts";
import { linesOf } from "./lines.ts";

/** What Deno up to 2.6 puts before a module of CommonJS; Node takes the mark of byte order away. */
const PREFIXES = [0, 221, -1];
/** What stands between the beginning of a function and its parameters. */
const HEAD =
  /(?:(?:async|function|get|set|static)(?![\w$\u0080-\uffff])|[*\s]|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*(?:#?[\w$\u0080-\uffff]+|"[^"\n]*"|'[^'\n]*'|\[[^\]\n]*\])?\s*(?=\()/y;
/** An arrow function begins where V8 says that it is. */
const ARROW = /(?:async\s*)?\(|(?:async\s+)?[\w$\u0080-\uffff]+\s*=>/y;

/** How a function begins that goes on where it had stopped. */
const RESUMED = /(?:static\s+)?(?:async(?![\w$\u0080-\uffff])|function\s*\*|\*)/y;

/** A function as V8 has it in a profile. */
export interface CalledFunction {
  readonly frame: Frame;
  /** It is async or a generator: V8 counts each time that it goes on, too. */
  readonly isResumed: boolean;
}

/** The text of a script, with the places of its functions. */
export class ScriptText {
  readonly text: string;
  readonly #starts = [0];
  readonly #lines;

  constructor(text: string) {
    this.text = text;
    this.#lines = linesOf(text);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The function of this name that begins at this offset; undefined if none does: then another text ran. */
  functionAt(url: string, name: string, start: number): CalledFunction | undefined {
    // The script itself.
    if (name === "" && start === 0) return { frame: { name, url, line: 0, column: 0 }, isResumed: false };
    for (const prefix of PREFIXES) {
      const from = start - prefix;
      if (from < 0 || from >= this.text.length) continue;
      for (const offset of this.#places(from, name)) {
        const place = this.#placeOf(offset);
        if (!isFunctionAt(this.#lines, { name, ...place })) continue;
        RESUMED.lastIndex = from;
        return { frame: { name, url, ...place }, isResumed: name !== "async" && RESUMED.test(this.text) };
      }
    }
    return undefined;
  }

  /** Where V8's place of the function that begins here may be. */
  *#places(from: number, name: string): Generator<number> {
    ARROW.lastIndex = HEAD.lastIndex = from;
    const isMethod = name === "async" || this.text.startsWith("class", from);
    if (!isMethod && ARROW.test(this.text)) yield from;
    if (HEAD.test(this.text)) yield HEAD.lastIndex;
    yield from;
  }

  #placeOf(offset: number): { line: number; column: number } {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low, column: offset - this.#starts[low]! };
  }
}

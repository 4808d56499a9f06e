// https://docs.python.org/3/library/string.html#format-string-syntax as CPython 3.11 reads it
// (Objects/stringlib/unicode_format.h).
/** The grammar of `str.format`: text and replacement fields. */
import type { Conversion } from "./format_value.ts";
import { FormatStringError } from "./values.ts";

/** A piece of a format string: text as it is, or a field to fill in. */
export type Part = string | Field;

/** A replacement field. */
export interface Field {
  readonly name: string;
  readonly lookups: readonly Lookup[];
  readonly conversion: Conversion;
  /** The format specification, which may have fields of its own. */
  readonly spec: readonly Part[];
  /** Where its `{` stands: characters counted from 1. */
  readonly at: number;
}

/** A step from a value to a part of it: `.name` or `[name]`. */
export interface Lookup {
  readonly kind: "attribute" | "index";
  readonly name: string;
}

/** Reads a format string; throws a `FormatStringError` with the position if it is none. */
export function parseFormat(text: string): readonly Part[] {
  return new Parser([...text]).parts(0, 2);
}

class Parser {
  readonly #chars: readonly string[];
  #at = 0;
  #end: number;

  constructor(chars: readonly string[]) {
    this.#chars = chars;
    this.#end = chars.length;
  }

  /** Reads up to the end; `depth` says how many levels of fields may still come. */
  parts(start: number, depth: number): readonly Part[] {
    const parts: Part[] = [];
    let literal = "";
    this.#at = start;
    while (this.#at < this.#end) {
      const at = this.#at;
      const char = this.#chars[this.#at++] ?? "";
      const next = this.#at < this.#end ? this.#chars[this.#at] : undefined;
      if (char !== "{" && char !== "}") {
        literal += char;
      } else if (next === char) {
        literal += char;
        this.#at++;
      } else if (char === "}" || next === undefined) {
        throw new FormatStringError(
          `single "${char}"`,
          at + 1,
          `write "${char}${char}" for the character itself`,
        );
      } else {
        if (literal) parts.push(literal);
        literal = "";
        parts.push(this.#field(at, depth));
      }
    }
    if (literal) parts.push(literal);
    return parts;
  }

  #field(at: number, depth: number): Field {
    const start = this.#at;
    const stop = this.#endOfName();
    const path = this.#path(start, this.#at - 1, at);
    if (stop === "}") return { ...path, conversion: "", spec: [], at: at + 1 };
    const conversion = stop === "!" ? this.#conversion() : "";
    if (stop === "!" && this.#chars[this.#at - 1] === "}") {
      return { ...path, conversion, spec: [], at: at + 1 };
    }
    return { ...path, conversion, spec: this.#spec(at, depth), at: at + 1 };
  }

  #endOfName(): string {
    while (this.#at < this.#end) {
      const char = this.#chars[this.#at++] ?? "";
      if (char === "{") throw new FormatStringError(`unexpected "{" in a field's name`, this.#at);
      if (char === "[") { while (this.#at < this.#end && this.#chars[this.#at] !== "]") this.#at++; }
      else if (char === "}" || char === ":" || char === "!") return char;
    }
    throw new FormatStringError(`no "}" for the field`, this.#at + 1);
  }

  /** The name and its lookups, between these two places. */
  #path(start: number, end: number, at: number): Pick<Field, "name" | "lookups"> {
    const text = this.#chars.slice(start, end).join("");
    const name = /^[^.[]*/.exec(text)?.[0] ?? "";
    if (name === "" || /^\p{Nd}+$/u.test(name)) {
      throw new FormatStringError(`field "{${text}}" has no name`, at + 1, "there are no positional fields");
    }
    const lookups: Lookup[] = [];
    let rest = text.slice(name.length);
    while (rest !== "") {
      const step = /^(?:\.([^.[]*)|\[([^\]]*)\])/.exec(rest);
      if (!step) {
        const reason = rest.startsWith("[") ? `no "]"` : `neither "." nor "[" behind "]"`;
        throw new FormatStringError(`${reason} in field "${text}"`, at + 1);
      }
      const [whole, attribute, index] = step;
      const lookup = attribute ?? index ?? "";
      if (lookup === "") throw new FormatStringError(`empty lookup in field "${text}"`, at + 1);
      lookups.push({ kind: attribute === undefined ? "index" : "attribute", name: lookup });
      rest = rest.slice(whole.length);
    }
    return { name, lookups };
  }

  /** Reads a conversion and the `:` or `}` behind it. */
  #conversion(): Conversion {
    const at = this.#at + 1;
    const conversion = this.#at < this.#end ? this.#chars[this.#at++] : undefined;
    if (conversion !== "r" && conversion !== "s" && conversion !== "a") {
      throw new FormatStringError(`unknown conversion "${conversion ?? ""}"`, at, "conversions are r, s, a");
    }
    const stop = this.#at < this.#end ? this.#chars[this.#at++] : undefined;
    if (stop !== ":" && stop !== "}") {
      throw new FormatStringError(`no ":" or "}" behind a conversion`, at + 1);
    }
    return conversion;
  }

  #spec(at: number, depth: number): readonly Part[] {
    const start = this.#at;
    let open = 1;
    let nested = false;
    for (; this.#at < this.#end; this.#at++) {
      const char = this.#chars[this.#at];
      if (char === "{") open++, nested = true;
      else if (char === "}" && --open === 0) break;
    }
    if (open > 0) throw new FormatStringError(`no "}" for the field`, at + 1);
    const stop = this.#at++;
    if (!nested) return stop > start ? [this.#chars.slice(start, stop).join("")] : [];
    if (depth <= 1) throw new FormatStringError("fields nested too deep", at + 1);
    const outerEnd = this.#end;
    this.#end = stop;
    const spec = this.parts(start, depth - 1);
    this.#end = outerEnd;
    this.#at = stop + 1;
    return spec;
  }
}

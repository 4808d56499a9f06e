/** The texts of scripts whose calls are counted. */
import type { Bytes } from "../units.ts";
import { ScriptText } from "./called_function.ts";
import { attempt, readText, type ScriptFile } from "./source_files.ts";

/** They are given up beyond this. */
const MAX_SIZE: Bytes = 64 * 1024 * 1024;

export class ScriptTexts {
  readonly #texts = new Map<string, ScriptText | undefined>();
  #size: Bytes = 0;

  /** The text of a script; undefined if it cannot be had. */
  of({ path, version }: ScriptFile): ScriptText | undefined {
    const known = this.#texts.get(version);
    if (known !== undefined || this.#texts.has(version)) return known;
    const text = attempt(() => new ScriptText(readText(path)));
    const size = 256 + 2 * (text?.text.length ?? 0);
    if (this.#size + size > MAX_SIZE) {
      this.#texts.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#texts.set(version, text);
    return text;
  }
}

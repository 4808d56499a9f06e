/**
 * A Node as the base of an executable: what it would read out of words and variables that are the profiled command's.
 *
 * Node looks for these options in all words behind a single executable's name, even behind `--`, applies the file to the
 * executable, and puts another word in their place; no setting turns that off. (`--env-file` ends at a `--`, and NODE_OPTIONS
 * can be turned off.) With the first variable a single executable without NODE_OPTIONS does not start at all; with the second it
 * measures its own coverage, with the third it keeps a cache of its own. So the base gets other names for all of them, which nobody gives. See InitializeNodeWithArgsInternal and ConfigReader::GetDataFromArgs of Node.
 */

const NAMES = [
  "--experimental-config-file",
  "--experimental-default-config-file",
  "NODE_REPL_EXTERNAL_MODULE",
  "NODE_V8_COVERAGE",
  "NODE_COMPILE_CACHE",
];

/** The first byte of the new names: no word and no variable begins with it. */
const UNTYPED = 1;

/** Compilers for x64 put the first name into their instructions, in pieces of eight bytes. */
const PIECES = ["--experi", "mental-c", "ntal-con", "fig-file"];
/** As far apart, at most. */
const REACH = 64;

/** Renames what the program Node reads out of the words and variables of others. The same names in its JavaScript stay. */
export function renameForeignWords(program: Uint8Array): void {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  for (const name of NAMES) {
    // Among the constants of C++ a string stands right behind another's; in V8's snapshot its length stands before it.
    for (const at of find(bytes, `\0${name}\0`)) if (bytes[at - 1] !== 0) bytes[at + 1] = UNTYPED;
  }
  const [first = "", ...rest] = PIECES;
  for (const at of find(bytes, first)) {
    const around = bytes.subarray(Math.max(0, at - REACH), at + REACH);
    const isText = bytes.subarray(at, at + REACH).includes(NAMES[0]!.slice(0, first.length + 1));
    if (!isText && rest.every((it) => around.includes(it))) bytes[at] = UNTYPED;
  }
}

function* find(bytes: Buffer, text: string): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) yield at;
}

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
] as const;

/** The first byte of the new names: no word and no variable begins with it. */
const UNTYPED = 1;

/** Compilers put the first name into their instructions, in pieces of eight bytes. */
const PIECES = ["--experi", "mental-c", "ntal-con", "fig-file"] as const;
/** On x64, as far apart, at most, in bytes. */
const REACH = 64;
/** On arm64 a piece is put together in a register, two bytes an instruction, so many instructions apart at most. */
const SPREAD = 24;

/**
 * Renames what the program Node reads out of the words and variables of others. The same names in its JavaScript stay.
 * Throws when the program has no such name: then this Node is made in another way, and may read them.
 */
export function renameForeignWords(program: Uint8Array): void {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  for (const name of NAMES) {
    // In V8's snapshot a string's length stands before it; among the constants of C++ another string's end does.
    const renamed = Array.from(find(bytes, `\0${name}\0`), (at) => at + 1)
      .filter((at) => bytes.readUInt32LE(at - 4) !== name.length);
    for (const at of renamed) bytes[at] = UNTYPED;
    if (renamed.length === 0) throw new Error(`Cannot use this Node: it has no ${name} to be renamed`);
  }
  renameInX64(bytes);
  renameInArm64(bytes);
}

/** On x64 a piece is the operand of one instruction. */
function renameInX64(bytes: Buffer): void {
  const [first, ...rest] = PIECES;
  for (const at of find(bytes, first)) {
    const around = bytes.subarray(Math.max(0, at - REACH), at + REACH);
    const isText = bytes.subarray(at, at + REACH).includes(NAMES[0].slice(0, first.length + 1));
    if (!isText && rest.every((it) => around.includes(it))) bytes[at] = UNTYPED;
  }
}

/** `movz x0, #imm16` and `movk x0, #imm16, lsl #0`, without the register's number, the two bytes and the shift. */
const MOVZ = 0xd2800000;
const MOVK = 0xf2800000;

/** On arm64 a `movz` sets the first two bytes of a piece, and a `movk` each two that follow. */
function renameInArm64(bytes: Buffer): void {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const [first, ...rest] = halves(PIECES[0]);
  for (let index = 0; index < words.length; index++) {
    const register = words[index]! & 31;
    if (words[index] !== moved(MOVZ, first!, { register })) continue;
    const following = words.subarray(index + 1, index + SPREAD);
    const isFirstPiece = rest.every((half, shift) =>
      following.includes(moved(MOVK, half, { register, shift: shift + 1 }))
    );
    if (isFirstPiece) words[index] = moved(MOVZ, first! & 0xff00 | UNTYPED, { register });
  }
}

/** Eight bytes as four numbers of two bytes. */
function halves(piece: string): number[] {
  const bytes = Buffer.from(piece, "latin1");
  return [0, 2, 4, 6].map((offset) => bytes.readUInt16LE(offset));
}

function moved(
  instruction: number,
  half: number,
  { register, shift = 0 }: { readonly register: number; readonly shift?: number },
): number {
  return (instruction | shift << 21 | half << 5 | register) >>> 0;
}

function* find(bytes: Buffer, text: string): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) yield at;
}

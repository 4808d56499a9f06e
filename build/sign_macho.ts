/**
 * An ad hoc signature for a Mach-O program: macOS on arm64 kills a program without a sound one (exit code 137).
 * Format: https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/kern/cs_blobs.h; all of it is big endian.
 */
import { createHash } from "node:crypto";

const MAGIC_64 = 0xfeedfacf;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const HEADER_LENGTH = 32;
const COMMAND_LENGTH = 16;

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION = 0x20400;
const ADHOC = 2;
const MAIN_BINARY = 1n;
const SHA256 = { type: 2, length: 32 };
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
/** What a segment's length in memory is rounded up to; arm64 has larger pages than x64. */
const SEGMENT_PAGE = 0x4000n;
const SUPER_BLOB_LENGTH = 20;
const DIRECTORY_LENGTH = 88;

/**
 * The program with an ad hoc signature in place of the one it has. Pure.
 * @param identifier the name that macOS shows for it
 */
export function signedAdHoc(program: Uint8Array, identifier: string): Buffer {
  const source = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  const { linkedit, text, signature, commandsEnd } = commandsOf(source);
  const end = signature === undefined ? source.length : source.readUInt32LE(signature + 8);
  const codeLimit = Math.ceil(end / 16) * 16;
  const pages = Math.ceil(codeLimit / PAGE);
  const name = Buffer.from(`${identifier}\0`);
  const directoryLength = DIRECTORY_LENGTH + name.length + pages * SHA256.length;
  const length = Math.ceil((SUPER_BLOB_LENGTH + directoryLength) / 16) * 16;

  const made = Buffer.alloc(codeLimit + length);
  source.copy(made, 0, 0, end);
  if (signature === undefined) {
    if (made.subarray(commandsEnd, commandsEnd + COMMAND_LENGTH).some((it) => it !== 0)) {
      throw new Error("Cannot sign the program: there is no room for another load command");
    }
    made.writeUInt32LE(made.readUInt32LE(16) + 1, 16);
    made.writeUInt32LE(made.readUInt32LE(20) + COMMAND_LENGTH, 20);
  }
  write32LE(made, signature ?? commandsEnd, [LC_CODE_SIGNATURE, COMMAND_LENGTH, codeLimit, length]);
  const linkeditLength = BigInt(made.length) - made.readBigUInt64LE(linkedit + 40);
  made.writeBigUInt64LE((linkeditLength + SEGMENT_PAGE - 1n) / SEGMENT_PAGE * SEGMENT_PAGE, linkedit + 32);
  made.writeBigUInt64LE(linkeditLength, linkedit + 48);

  const superBlob = made.subarray(codeLimit);
  write32(superBlob, [SUPER_BLOB, SUPER_BLOB_LENGTH + directoryLength, 1, 0, SUPER_BLOB_LENGTH]);
  const directory = superBlob.subarray(SUPER_BLOB_LENGTH);
  const hashes = DIRECTORY_LENGTH + name.length;
  write32(directory, [CODE_DIRECTORY, directoryLength, VERSION, ADHOC, hashes, DIRECTORY_LENGTH]);
  write32(directory.subarray(24), [0, pages, codeLimit]);
  directory.set([SHA256.length, SHA256.type, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(made.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(made.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  name.copy(directory, DIRECTORY_LENGTH);
  for (let page = 0; page < pages; page++) {
    const bytes = made.subarray(page * PAGE, Math.min((page + 1) * PAGE, codeLimit));
    createHash("sha256").update(bytes).digest().copy(directory, hashes + page * SHA256.length);
  }
  return made;
}

/** Where the load commands lie that a signature needs to know or change. */
interface Commands {
  readonly linkedit: number;
  readonly text: number;
  readonly signature: number | undefined;
  readonly commandsEnd: number;
}

function commandsOf(program: Buffer): Commands {
  if (program.readUInt32LE(0) !== MAGIC_64) throw new Error("Cannot sign the program: it is not Mach-O");
  const segments = new Map<string, number>();
  let signature: number | undefined;
  let offset = HEADER_LENGTH;
  for (let left = program.readUInt32LE(16); left > 0; left--) {
    const command = program.readUInt32LE(offset);
    if (command === LC_CODE_SIGNATURE) signature = offset;
    if (command === LC_SEGMENT_64) {
      segments.set(program.toString("latin1", offset + 8, offset + 24).replace(/\0+$/, ""), offset);
    }
    offset += program.readUInt32LE(offset + 4);
  }
  const [linkedit, text] = [segments.get("__LINKEDIT"), segments.get("__TEXT")];
  if (linkedit === undefined || text === undefined) {
    throw new Error("Cannot sign the program: it has no segment __LINKEDIT or __TEXT");
  }
  return { linkedit, text, signature, commandsEnd: offset };
}

function write32(into: Buffer, values: readonly number[]): void {
  values.forEach((value, index) => into.writeUInt32BE(value, index * 4));
}

function write32LE(into: Buffer, offset: number, values: readonly number[]): void {
  values.forEach((value, index) => into.writeUInt32LE(value, offset + index * 4));
}

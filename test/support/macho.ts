/** Reads the code signature of a Mach-O program as macOS does, apart from what build/ writes. */
import { createHash } from "node:crypto";

/** What a signature says, and how much of it is true. */
export interface CodeSignature {
  readonly version: number;
  readonly flags: number;
  readonly pages: number;
  /** Pages whose hash is another. */
  readonly wrongPages: readonly number[];
  /** Where what is signed ends, where the signature begins and ends, where the last segment and the file end. */
  readonly ends: {
    readonly code: number;
    readonly start: number;
    readonly end: number;
    readonly segment: number;
  };
  readonly textLimit: number;
}

export function codeSignature(program: Buffer): CodeSignature {
  let [offset, segment, start, length] = [32, 0, 0, 0];
  for (let left = program.readUInt32LE(16); left > 0; left--) {
    const kind = program.readUInt32LE(offset);
    if (kind === 0x19) {
      segment = Number(program.readBigUInt64LE(offset + 40) + program.readBigUInt64LE(offset + 48));
    } else if (kind === 0x1d) {
      [start, length] = [program.readUInt32LE(offset + 8), program.readUInt32LE(offset + 12)];
    }
    offset += program.readUInt32LE(offset + 4);
  }
  const blob = program.subarray(start, start + length);
  const count = blob.readUInt32BE(8);
  const places = Array.from({ length: count }, (_, it) => blob.readUInt32BE(12 + it * 8 + 4));
  const directories = places.map((it) => blob.subarray(it)).filter((it) => it.readUInt32BE(0) === 0xfade0c02);
  const directory = directories.find((it) => it[37] === 2);
  if (blob.readUInt32BE(0) !== 0xfade0cc0 || directory === undefined) {
    throw new Error("no signature by SHA-256");
  }
  const [hashes, pages, code] = [16, 28, 32].map((it) => directory.readUInt32BE(it)) as [
    number,
    number,
    number,
  ];
  const pageLength = 2 ** directory[39]!;
  const wrongPages: number[] = [];
  for (let page = 0; page < pages; page++) {
    const bytes = program.subarray(page * pageLength, Math.min((page + 1) * pageLength, code));
    const said = directory.subarray(hashes + page * 32, hashes + page * 32 + 32);
    if (!createHash("sha256").update(bytes).digest().equals(said)) wrongPages.push(page);
  }
  return {
    version: directory.readUInt32BE(8),
    flags: directory.readUInt32BE(12),
    pages: pages * pageLength >= code ? pages : 0,
    wrongPages,
    ends: { code, start, end: start + length, segment },
    textLimit: Number(directory.readBigUInt64BE(72)),
  };
}

/**
 * Takes symbols and debug information out of an ELF program for 64 bits, a fifth of Node. Every machine gets the same bytes, for either
 * architecture; `strip` knows its own alone. Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */

const SECTION_LENGTH = 64;
const SYMTAB = 2;
const NOBITS = 8;
const RELOCATIONS: readonly number[] = [4, 9];
const ALLOCATED = 2n;
const INFO_IS_LINK = 0x40n;

/** One row of the section table. */
interface Section {
  readonly header: Buffer;
  readonly type: number;
  readonly flags: bigint;
  readonly offset: number;
  readonly length: number;
  readonly link: number;
}

/** The program without symbols and debug information; what is loaded to run stays as it is, byte for byte. Pure. */
export function withoutSymbols(program: Uint8Array): Buffer {
  const source = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  if (source.readUInt32BE(0) !== 0x7f454c46 || source[4] !== 2 || source[5] !== 1) {
    throw new Error("Cannot strip the program: it is not ELF for 64 bits, little endian");
  }
  const sections = sectionsOf(source);
  const names = source.readUInt16LE(62);
  const symbols = sections.find(({ type }) => type === SYMTAB);
  const nameOf = ({ header }: Section) => {
    const offset = (sections[names]?.offset ?? 0) + header.readUInt32LE(0);
    return source.toString("latin1", offset, source.indexOf(0, offset));
  };
  const kept = sections.filter((section, index) =>
    index === names ||
    (section !== symbols && index !== symbols?.link && !nameOf(section).startsWith(".debug_"))
  );
  const newIndex = new Map(kept.map((section, index) => [sections.indexOf(section), index]));

  const isLoaded = ({ flags, type }: Section) => (flags & ALLOCATED) !== 0n && type !== NOBITS;
  const loadedEnd = Math.max(...sections.filter(isLoaded).map(({ offset, length }) => offset + length));
  const parts: Buffer[] = [source.subarray(0, loadedEnd)];
  let end = loadedEnd;
  const append = (bytes: Buffer): number => {
    const gap = (16 - end % 16) % 16;
    parts.push(Buffer.alloc(gap), bytes);
    end += gap + bytes.length;
    return end - bytes.length;
  };
  const headers = kept.map((section) => {
    const header = Buffer.from(section.header);
    header.writeUInt32LE(newIndex.get(section.link) ?? 0, 40);
    if ((section.flags & INFO_IS_LINK) !== 0n || RELOCATIONS.includes(section.type)) {
      header.writeUInt32LE(newIndex.get(header.readUInt32LE(44)) ?? 0, 44);
    }
    if ((section.flags & ALLOCATED) === 0n && section.length > 0) {
      const bytes = source.subarray(section.offset, section.offset + section.length);
      header.writeBigUInt64LE(BigInt(append(bytes)), 24);
    }
    return header;
  });
  const table = append(Buffer.concat(headers));
  const made = Buffer.concat(parts);
  made.writeBigUInt64LE(BigInt(table), 40);
  made.writeUInt16LE(kept.length, 60);
  made.writeUInt16LE(newIndex.get(names) ?? 0, 62);
  return made;
}

function sectionsOf(program: Buffer): Section[] {
  const table = Number(program.readBigUInt64LE(40));
  return Array.from({ length: program.readUInt16LE(60) }, (_, index) => {
    const header = program.subarray(table + index * SECTION_LENGTH, table + (index + 1) * SECTION_LENGTH);
    return {
      header,
      type: header.readUInt32LE(4),
      flags: header.readBigUInt64LE(8),
      offset: Number(header.readBigUInt64LE(24)),
      length: Number(header.readBigUInt64LE(32)),
      link: header.readUInt32LE(40),
    };
  });
}

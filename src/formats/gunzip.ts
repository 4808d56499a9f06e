import { gunzipSync } from "fflate/browser";
import { assertSize, FormatError } from "./format.ts";

/** Deflate packs 258 bytes into 2 bits at best. https://www.zlib.net/zlib_tech.html */
const MOST_PACKED = 1032;

/**
 * The content of a gzip file of one member, proven by its checksum and length.
 *
 * @throws `FormatError`
 */
export function gunzip(bytes: Uint8Array, expected: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    throw new FormatError(`it is not gzipped, expected ${expected}`);
  }
  const damaged = new FormatError(`its gzip data is damaged or cut off, expected ${expected}`);
  if (bytes.length < 18) throw damaged;
  const [checksum, size] = trailer(bytes);
  // The buffer is made as large as the file says; so that must be possible.
  if (size > bytes.length * MOST_PACKED) throw damaged;
  assertSize(size, "it unpacks to");
  let content: Uint8Array;
  try {
    content = gunzipSync(bytes);
  } catch {
    throw damaged;
  }
  if (content.length !== size || crc32(content) !== checksum) throw damaged;
  return content;
}

/** https://www.rfc-editor.org/rfc/rfc1952#page-5 */
function trailer(bytes: Uint8Array): [checksum: number, size: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** https://www.rfc-editor.org/rfc/rfc1952#section-8 */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) value = TABLE[(value ^ bytes[i]!) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}

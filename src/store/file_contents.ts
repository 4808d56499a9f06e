/** What goes into the profile files of a request, before they have names. */
import type { Format } from "../formats/mod.ts";
import type { RequestProfile } from "../profile/request.ts";
import type { Bytes } from "../units.ts";

/** A file to be. */
export interface Content {
  readonly extension: string;
  readonly bytes: Uint8Array;
}

/** One of each format. */
export function contentsOf(profile: RequestProfile, formats: readonly Format[]): Content[] {
  return formats.map(({ extension, write }) => ({ extension, bytes: toBytes(write(profile)) }));
}

export function sizeOf(contents: readonly Content[]): Bytes {
  return contents.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}

/**
 * Frames on a byte stream: a 32-bit little-endian length, then that many bytes of UTF-8 JSON.
 *
 * A frame that is still being written is simply not complete yet; the reader comes back for it.
 */
import type { AgentMessage } from "./messages.ts";

const HEADER_BYTES = 4;

/** No message is larger; a longer length means that the stream is damaged. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** One message, already as JSON text, as a frame. */
export function encodeFrame(json: string): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(json));
  frame.writeUInt32LE(frame.length - HEADER_BYTES, 0);
  frame.write(json, HEADER_BYTES);
  return frame;
}

/** What could be read: whole messages, the bytes they took, and how many frames were not JSON. */
export interface Decoded {
  readonly messages: readonly AgentMessage[];
  readonly consumed: number;
  readonly unreadable: number;
}

/**
 * Reads every complete frame at the start of `bytes`.
 *
 * A length beyond `MAX_FRAME_BYTES` makes the rest unreadable: all of it is consumed and counted as one.
 */
export function decodeFrames(bytes: Buffer): Decoded {
  const messages: AgentMessage[] = [];
  let consumed = 0;
  let unreadable = 0;
  while (bytes.length - consumed >= HEADER_BYTES) {
    const length = bytes.readUInt32LE(consumed);
    if (length > MAX_FRAME_BYTES) return { messages, consumed: bytes.length, unreadable: unreadable + 1 };
    const end = consumed + HEADER_BYTES + length;
    if (end > bytes.length) break;
    try {
      messages.push(JSON.parse(bytes.toString("utf8", consumed + HEADER_BYTES, end)));
    } catch {
      unreadable++;
    }
    consumed = end;
  }
  return { messages, consumed, unreadable };
}

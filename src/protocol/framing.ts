/**
 * Frames on a byte stream: two 32-bit little-endian lengths, then so many bytes of UTF-8 JSON, then so many bytes as they are,
 * which the message has as `attached`.
 *
 * A frame that is still being written is simply not complete yet; the reader comes back for it.
 */
import type { AgentMessage } from "./messages.ts";

const HEADER_BYTES = 8;

/** No message is larger; a longer length means that the stream is damaged. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** One message, already as JSON text, as a frame. */
export function encodeFrame(json: string, attached: Uint8Array = NOTHING): Buffer {
  const end = HEADER_BYTES + Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(end + attached.length);
  frame.writeUInt32LE(end - HEADER_BYTES, 0);
  frame.writeUInt32LE(attached.length, 4);
  frame.write(json, HEADER_BYTES);
  frame.set(attached, end);
  return frame;
}

/** What could be read: whole messages, the bytes they took, and how many frames were not JSON. */
export interface Decoded {
  readonly messages: readonly AgentMessage[];
  readonly consumed: number;
  readonly unreadable: number;
  /** Nobody can tell where the next frame begins: nothing that follows can be read. */
  readonly isDamaged: boolean;
}

/** How long the frame is that begins here, as far as its beginning tells: that may be cut off anywhere. */
export function frameLength(begin: Buffer): number {
  if (begin.length < HEADER_BYTES) return begin.length === 0 ? 0 : HEADER_BYTES;
  return HEADER_BYTES + begin.readUInt32LE(0) + begin.readUInt32LE(4);
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
    const attachedLength = bytes.readUInt32LE(consumed + 4);
    if (length + attachedLength > MAX_FRAME_BYTES) {
      return { messages, consumed: bytes.length, unreadable: unreadable + 1, isDamaged: true };
    }
    const begin = consumed + HEADER_BYTES;
    const end = begin + length;
    if (end + attachedLength > bytes.length) break;
    consumed = end + attachedLength;
    try {
      const message = JSON.parse(bytes.toString("utf8", begin, end));
      // A copy: the message may be kept for longer than what was read with it.
      if (attachedLength > 0) message.attached = new Uint8Array(bytes.subarray(end, consumed));
      messages.push(message);
    } catch {
      unreadable++;
    }
  }
  return { messages, consumed, unreadable, isDamaged: false };
}

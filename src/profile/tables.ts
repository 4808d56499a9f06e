import type { Frame, StackTable } from "./model.ts";

/** Room for frame numbers in a stack's key; 2^26 stacks of 2^26 frames still make an exact integer. */
const FRAMES_LIMIT = 2 ** 26;

/**
 * Builds the tables of a profile so that each frame and each stack occurs once.
 *
 * Frames are the same if name, url, line and column are; stacks if parent and frame are. Parents come first by
 * construction, because a stack is made from its parent's number.
 */
export class Tables {
  readonly frames: Frame[] = [];
  readonly stacks: StackTable;
  readonly #parent: number[] = [];
  readonly #frame: number[] = [];
  readonly #frameNumbers = new Map<string, number>();
  readonly #stackNumbers = new Map<number, number>();

  constructor() {
    this.stacks = { parent: this.#parent, frame: this.#frame };
  }

  /** The number of this frame, added if it is new. */
  frame(frame: Frame): number {
    const key = frameKey(frame);
    let number = this.#frameNumbers.get(key);
    if (number === undefined) {
      number = this.frames.push(frame) - 1;
      this.#frameNumbers.set(key, number);
    }
    return number;
  }

  /** The number of the stack that has this frame on top of that parent (-1: the empty stack), added if it is new. */
  stack(parent: number, frame: number): number {
    const key = (parent + 1) * FRAMES_LIMIT + frame;
    let number = this.#stackNumbers.get(key);
    if (number === undefined) {
      number = this.#parent.push(parent) - 1;
      this.#frame.push(frame);
      this.#stackNumbers.set(key, number);
    }
    return number;
  }
}

/** Equal for equal frames only: the length of the url tells where the name begins, whatever both contain. */
export function frameKey(frame: Frame): string {
  return `${frame.line}:${frame.column}:${frame.url.length}:${frame.url}${frame.name}`;
}

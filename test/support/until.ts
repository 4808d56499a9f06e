/** Waits for what another process does, and fails in place of hanging. */
import assert from "node:assert/strict";

/** Seconds: far more than any of it takes on a busy machine. */
const PATIENCE = 60;
/** Milliseconds. */
const PAUSE = 20;

/** What `look` finds, as soon as it finds something. After a minute it fails with what `still` says: how things are in place of that. */
export async function until<Found>(
  look: () => Found | Promise<Found>,
  still: () => string,
): Promise<NonNullable<Found>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // `look` may hang, too.
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `After ${PATIENCE} s ${still()}` })),
      PATIENCE * 1000,
    );
  });
  try {
    for (;;) {
      const found = await Promise.race([tooLate, look()]);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } finally {
    clearTimeout(timer);
  }
}

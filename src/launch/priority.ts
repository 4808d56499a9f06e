/** Who comes first when the machine has too little of it: not us. */
import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** From here on the system runs the server rather than this process, and what this one starts later likewise. */
export function lowerPriority(): void {
  for (const thread of threads()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // Some sandboxes forbid it, and a thread may have ended; everything else goes on the same.
    }
  }
}

/** On Linux each thread has a priority of its own, and those that compile and collect garbage run already; 0 is the process. */
function threads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [0];
  }
}

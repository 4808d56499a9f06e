/** Who comes first when the machine has too little of it: not us. */
import { constants, setPriority } from "node:os";

/** From here on the system runs the server rather than this process, and what this one starts later likewise. */
export function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Some sandboxes forbid it; everything else goes on the same.
  }
}

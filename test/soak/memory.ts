/** What a process takes over time, on Linux. */
import { readFile } from "node:fs/promises";
import { residentOf } from "../support/resident.ts";

/** Resident memory, looked at now and then. */
export class Memory {
  readonly seen: number[] = [];

  async look(pid: number): Promise<void> {
    this.seen.push(await residentOf(pid));
  }

  /** The means of the first and the last third, and the most; MiB. */
  thirds(): { readonly first: number; readonly last: number; readonly most: number } {
    const third = Math.ceil(this.seen.length / 3);
    return {
      first: mean(this.seen.slice(0, third)),
      last: mean(this.seen.slice(-third)),
      most: Math.max(...this.seen),
    };
  }

  toString(): string {
    const { first, last, most } = this.thirds();
    return `${first.toFixed(1)} MiB in the first third, ${last.toFixed(1)} in the last (${
      (100 * (last / first - 1)).toFixed(1)
    } % more), ${most.toFixed(1)} at most`;
  }
}

/** Milliseconds for which a process has had a core. Linux counts them in hundredths of a second. */
export async function cpuTimeOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, it) => sum + it, 0) / values.length;
}

/** What a person reads of the work outside of requests. */
import type { OutsideTotals } from "../store/entry.ts";
import type { Milliseconds } from "../units.ts";
import { printable, shortened } from "./printable.ts";

/** Less than this of one function is start-up and the like. */
const WORTH_NAMING: Milliseconds = 10;
const MOST_FUNCTIONS = 3;
const LONGEST_NAME = 60;

/** For a run whose profsrv was killed: what it had read of them before is lost. */
export const SINCE_KILLED = "(only what profsrv had not read when it was killed)";

/** As in `Outside requests: 612 ms, burnLater (server.mjs:2)`; nothing where no function took long. */
export function outsideText(outside: OutsideTotals | undefined): string[] {
  const hot = (outside?.functions ?? []).filter(({ self }) => self >= WORTH_NAMING).slice(0, MOST_FUNCTIONS);
  if (outside === undefined || hot.length === 0) return [];
  const names = hot.map((it, at) => {
    const name = shortened(printable(it.function || "(anonymous)"), LONGEST_NAME);
    const file = printable(it.file.slice(Math.max(it.file.lastIndexOf("/"), it.file.lastIndexOf("\\")) + 1));
    const time = at === 0 ? "" : ` ${it.self.toFixed(0)} ms`;
    return `${name} (${shortened(file, LONGEST_NAME)}${it.line > 0 ? `:${it.line}` : ""})${time}`;
  });
  const [file] = outside.files;
  return [
    `Outside requests${outside.isPartial ? ` ${SINCE_KILLED}` : ""}: ${outside.time.toFixed(0)} ms, ${
      names.join(", ")
    }` +
    (file === undefined ? "" : `: ${printable(file)}`),
  ];
}

/** What `profsrv diff` is asked for. */
import { UsageError } from "./split.ts";

/** Which runs to compare, and how to say it. */
export interface DiffOptions {
  /** Directories of runs. */
  readonly before: string;
  readonly after: string;
  readonly shape: "text" | "json" | "md";
  /** A share: a route that is slower by more makes us fail. */
  readonly failOver?: number;
}

/** The options from what was given. Throws `UsageError`. */
export function diffOptionsOf(
  [before, after, third]: readonly string[],
  given: { readonly json: boolean; readonly md: boolean; readonly failOver: string | undefined },
): DiffOptions {
  const example = "as in profsrv diff before after";
  if (before === undefined) throw new UsageError(`Nothing to compare: expected two directories, ${example}`);
  if (after === undefined) {
    throw new UsageError(`Cannot compare "${before}" with nothing: expected two directories, ${example}`);
  }
  if (third !== undefined) {
    throw new UsageError(
      `Cannot compare "${before}", "${after}" and "${third}" at once: expected two directories`,
    );
  }
  const empty = [before, after].indexOf("");
  if (empty >= 0) throw new UsageError(`Cannot compare "": expected two directories, ${example}`);
  if (given.json && given.md) {
    throw new UsageError("--json and --md exclude each other: expected one of them");
  }
  const shape = given.json ? "json" : given.md ? "md" : "text";
  const failOver = given.failOver === undefined ? {} : { failOver: percentOf(given.failOver) };
  return { before, after, shape, ...failOver };
}

/** `--fail-over`: `10%` or `10`, as a share. */
function percentOf(text: string): number {
  const [, number] = /^(\d+\.?\d*|\.\d+) ?%?$/.exec(text) ?? [];
  if (number !== undefined && Number.isFinite(Number(number))) return Number(number) / 100;
  throw new UsageError(`--fail-over "${text}": expected a percentage, as in 10%`);
}

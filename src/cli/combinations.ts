/** Which options of a run go together: the check at start and a table in docs/compatibility.md are made from this. Pure. */
import { refuseCoverage } from "./coverage_taken.ts";
import { type GivenOption, UsageError } from "./split.ts";

/** What a run measures, and what goes with it. An option that is not refused goes with it. */
export interface Measurement {
  /** As it is chosen. */
  readonly flags: string;
  /** Without `--serial`, too, the server handles one request at a time. */
  readonly isSerial: boolean;
  /** The formats that hold what is measured; the first is the standard one. */
  readonly formats: readonly string[];
  /** Options that make no sense with it, and why. */
  readonly refused: Readonly<Record<string, string>>;
  /** The oldest versions that it works on. */
  readonly runtimes: { readonly node: number; readonly deno: string };
}

const CPU = {
  formats: ["cpuprofile", "callgrind", "pprof", "speedscope", "folded"],
  refused: { "heap-interval": "no allocations are sampled" },
} as const;

export const MEASUREMENTS = {
  cpu: { ...CPU, flags: "--profiler cpu", isSerial: false, runtimes: { node: 18, deno: "2.5" } },
  calls: { ...CPU, flags: "--calls", isSerial: true, runtimes: { node: 18, deno: "2.5" } },
  heap: {
    flags: "--profiler heap",
    isSerial: true,
    formats: ["heapprofile", "pprof", "callgrind", "speedscope", "folded"],
    refused: {
      interval: "no CPU time is sampled",
      calls: "calls are counted beside sampled CPU times",
    },
    runtimes: { node: 20, deno: "2.5" },
  },
} as const satisfies Record<string, Measurement>;

/** What these options ask for. */
export function measurementOf(given: readonly GivenOption[]): Measurement {
  if (lastOf(given, "profiler")?.value === "heap") return MEASUREMENTS.heap;
  return lastOf(given, "calls") === undefined ? MEASUREMENTS.cpu : MEASUREMENTS.calls;
}

/** Throws `UsageError` if some of these options make no sense together, or with the command. */
export function refuseSenseless(given: readonly GivenOption[], command: readonly string[] = []): void {
  if (measurementOf(given) === MEASUREMENTS.calls) refuseCoverage(command);
  const { flags, formats, refused } = measurementOf(given);
  for (const [name, reason] of Object.entries(refused)) {
    const option = lastOf(given, name);
    if (option !== undefined) throw new UsageError(`${quoted(option)} does not go with ${flags}: ${reason}`);
  }
  const format = lastOf(given, "format");
  const ids = format?.value?.split(",").map((id) => id.trim()) ?? [];
  if (format === undefined || ids.every((id) => formats.includes(id))) return;
  throw new UsageError(`${quoted(format)} does not go with ${flags}: expected ${formats.join(", ")}`);
}

function lastOf(given: readonly GivenOption[], name: string): GivenOption | undefined {
  return given.filter(({ option }) => option.name === name).at(-1);
}

function quoted({ option: { name }, value }: GivenOption): string {
  return value === undefined ? `--${name}` : `--${name} "${value}"`;
}

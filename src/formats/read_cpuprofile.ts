import { isGap, metaFrame, PROGRAM } from "../profile/frames.ts";
import type { Profile, Samples } from "../profile/model.ts";
import type { Hold, RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import type { V8ProfileNode } from "../profile/v8.ts";
import { decodeTree, UnreadableProfile } from "../profile/v8_tree.ts";
import type { Microseconds } from "../units.ts";
import { readCalls } from "./calls.ts";
import { FormatError } from "./format.ts";
import { holdOf } from "./gaps.ts";
import { readDetails, subjectOf } from "./read_details.ts";
import { isFinite, isRecord, type JsonObject, listOf, objectOf } from "./read_text.ts";

const EXPECTED = "a CPU profile of V8: nodes, samples, timeDeltas, startTime and endTime";

/**
 * A `.cpuprofile`, of ours or of `node --cpu-prof`, `deno run --cpu-prof`, Chrome.
 *
 * Read as DevTools and speedscope do: sample `i` lasts until the time of sample `i + 1`. What is `(idle)`, `(waiting)` or `(blocked by …)` becomes a gap.
 */
export function readCpuprofile(content: Uint8Array, name: string): RequestProfile {
  const file = objectOf(content, EXPECTED);
  const startAt = instant(file["startTime"], "startTime");
  const endAt = instant(file["endTime"], "endTime");
  if (endAt < startAt) throw new FormatError(`it ends at ${endAt}, before it starts at ${startAt}`);
  const nodes = listOf(file, "nodes", { is: isNode, expected: "a node with id, callFrame and children" });
  const tables = new Tables();
  const stackOfId = treeOf(nodes, tables);
  const taken = inOrder(samplesOf(file, stackOfId, tables), instants(file, startAt, endAt));
  const { samples, holds } = stretches(taken, tables, endAt);
  const profile: Profile = {
    frames: tables.frames,
    stacks: tables.stacks,
    samples,
    startAt,
    endAt,
  };
  const calls = readCalls(file["profsrv"]);
  const subject = subjectOf(profile, readDetails(file["profsrv"]), { name, holds });
  return calls === undefined ? subject : { ...subject, calls };
}

interface Taken {
  readonly stack: number;
  readonly at: Microseconds;
}

function treeOf(nodes: readonly V8ProfileNode[], tables: Tables): Map<number, number> {
  try {
    return decodeTree(nodes, tables);
  } catch (error) {
    if (error instanceof UnreadableProfile) throw new FormatError(`${error.reason}, expected ${EXPECTED}`);
    throw error;
  }
}

/** The stack of each sample. One on the root itself saw no function at all: `(program)`. */
function samplesOf(file: JsonObject, stackOfId: Map<number, number>, tables: Tables): number[] {
  return listOf(file, "samples", { is: isFinite, expected: "the id of a node" }).map((id, i) => {
    const stack = stackOfId.get(id);
    if (stack === undefined) throw new FormatError(`sample ${i} names node ${id}, which does not exist`);
    return stack >= 0 ? stack : tables.stack(-1, tables.frame(metaFrame(PROGRAM)));
  });
}

/** When each sample was taken, held within the profile. */
function instants(file: JsonObject, startAt: Microseconds, endAt: Microseconds): Microseconds[] {
  let clock = file["startTime"] as number;
  return listOf(file, "timeDeltas", { is: isFinite, expected: "a number of microseconds" }).map((delta) => {
    clock += delta;
    return Math.min(Math.max(Math.round(clock), startAt), endAt);
  });
}

/** By time, as V8 does not promise it. */
function inOrder(stacks: readonly number[], at: readonly Microseconds[]): Taken[] {
  if (stacks.length !== at.length) {
    throw new FormatError(`it has ${stacks.length} samples but ${at.length} timeDeltas`);
  }
  return stacks.map((stack, i) => ({ stack, at: at[i]! })).sort((a, b) => a.at - b.at);
}

function stretches(
  taken: readonly Taken[],
  { frames, stacks }: Tables,
  endAt: Microseconds,
): { samples: Samples; holds: Hold[] } {
  const holds: Hold[] = [];
  const samples = { stack: [] as number[], startAt: [] as number[], time: [] as number[] };
  for (const [i, { stack, at }] of taken.entries()) {
    const frame = frames[stacks.frame[stack]!]!;
    const time = (taken[i + 1]?.at ?? endAt) - at;
    if (isGap(frame)) {
      const hold = holdOf(frame, at, time);
      if (hold !== undefined) holds.push(hold);
      continue;
    }
    samples.stack.push(stack);
    samples.startAt.push(at);
    samples.time.push(time);
  }
  return { samples, holds };
}

function isNode(value: unknown): value is V8ProfileNode {
  if (!isRecord(value) || !isFinite(value["id"]) || !isRecord(value["callFrame"])) return false;
  const children = value["children"];
  return children === undefined || Array.isArray(children) && children.every(isFinite);
}

function instant(value: unknown, what: string): Microseconds {
  const rounded = isFinite(value) ? Math.round(value) : NaN;
  if (Number.isSafeInteger(rounded)) return rounded;
  throw new FormatError(`it has no sound ${what}, expected ${EXPECTED}`);
}

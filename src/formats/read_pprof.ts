import { Profile as PprofProfile } from "pprof-format";
import { type Frame, unitOf } from "../profile/model.ts";
import type { RequestProfile } from "../profile/request.ts";
import { Tables } from "../profile/tables.ts";
import { assertPprof } from "./check_pprof.ts";
import type { Details } from "./details.ts";
import { FormatError } from "./format.ts";
import { gunzip } from "./gunzip.ts";
import { layOut, type StackTotal } from "./lay_out.ts";
import { PPROF_COMMENT } from "./labels.ts";
import { MEASURES } from "./pprof_measures.ts";
import { readDetails, subjectOf } from "./read_details.ts";
import { unplaced } from "./read_labels.ts";

const EXPECTED = "a gzipped profile of pprof with times in nanoseconds, or allocated bytes as alloc_space";

/** A profile of pprof. Its stacks are laid out one after another, as it holds no order in time. */
export function readPprof(content: Uint8Array, name: string): RequestProfile {
  const { file, text } = decodePprof(content);
  const tables = new Tables();
  const { unit, totals } = totalsOf(file, text, tables);
  const duration = unit === "bytes" ? 0 : Math.round(Number(file.durationNanos) / 1000);
  return subjectOf({ ...layOut(tables, totals, duration), unit }, detailsIn(file.comment.map(text)), {
    name,
  });
}

/** The text of a number in a file. Throws `FormatError` where there is none. */
export type Text = (index: number | bigint) => string;

/**
 * What a gzipped file holds.
 *
 * @throws `FormatError`
 */
export function decodePprof(content: Uint8Array): { file: PprofProfile; text: Text } {
  const file = decode(gunzip(content, EXPECTED));
  const { strings } = file.stringTable;
  const text = (index: number | bigint): string => {
    const found = strings[Number(index)];
    if (found === undefined) throw new FormatError(`it names text ${index}, which does not exist`);
    return found;
  };
  return { file, text };
}

function decode(bytes: Uint8Array): PprofProfile {
  try {
    assertPprof(bytes);
    return PprofProfile.decode(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${error.message}, expected ${EXPECTED}`);
    throw new FormatError(`what it holds cannot be decoded, expected ${EXPECTED}`);
  }
}

function detailsIn(comments: readonly string[]): Details | undefined {
  const own = comments.find((comment) => comment.startsWith(PPROF_COMMENT));
  if (own === undefined) return undefined;
  try {
    return readDetails(JSON.parse(own.slice(PPROF_COMMENT.length)));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError("its request data is not JSON");
  }
}

/**
 * What each sample of a file says: times if it has them, else allocated bytes.
 *
 * @throws `FormatError`
 */
export function totalsOf(
  file: PprofProfile,
  text: Text,
  tables: Tables,
): { unit: "bytes" | undefined; totals: StackTotal[] } {
  const types = file.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
  const timeAt = types.map((type) => type.endsWith("/nanoseconds")).lastIndexOf(true);
  const bytesAt = types.lastIndexOf("alloc_space/bytes");
  const countAt = types.findIndex((type) => type.endsWith("/count"));
  if (timeAt < 0 && bytesAt < 0) {
    throw new FormatError(`it holds ${types.join(", ") || "nothing"}, expected ${EXPECTED}`);
  }
  const framesOf = frameNumbers(file, text, tables);
  const unit = timeAt < 0 ? "bytes" : undefined;
  const { scale } = MEASURES[unitOf({ unit })];
  // Whole microseconds, such that the sums are right to one microsecond.
  let [sum, before] = [0, 0];
  const totals = file.sample.map(({ locationId, value }, i) => {
    sum += amount(value[timeAt < 0 ? bytesAt : timeAt], i);
    const total = Math.round(sum / scale);
    const time = total - before;
    before = total;
    let stack = -1;
    for (const id of [...locationId].reverse()) {
      const frames = framesOf.get(Number(id));
      if (frames === undefined) {
        throw new FormatError(`sample ${i} names location ${id}, which does not exist`);
      }
      for (const frame of frames) stack = tables.stack(stack, frame);
    }
    if (stack < 0) throw new FormatError(`sample ${i} has no stack`);
    return { stack, time, count: countAt < 0 ? 1 : amount(value[countAt], i) };
  });
  return { unit, totals };
}

function amount(value: number | bigint | undefined, sample: number): number {
  const number = Number(value ?? NaN);
  if (Number.isInteger(number) && number >= 0 && number <= Number.MAX_SAFE_INTEGER) return number;
  throw new FormatError(`sample ${sample} has no sound values`);
}

/** The frames of each location, outermost first: it has more than one where functions were inlined. */
function frameNumbers(file: PprofProfile, text: Text, tables: Tables): Map<number, number[]> {
  const functions = new Map(file.function.map((one) => [Number(one.id), one]));
  return new Map(file.location.map(({ id, address, line }) => {
    const frames = [...line].reverse().map(({ functionId, column }) => {
      const found = functions.get(Number(functionId));
      if (found === undefined) {
        throw new FormatError(`location ${id} names function ${functionId}, which does not exist`);
      }
      const url = text(found.filename);
      return tables.frame(unplaced({
        name: text(found.name),
        url,
        line: Math.max(0, position(found.startLine)) - 1,
        column: Math.max(0, position(column)) - 1,
      }));
    });
    if (frames.length === 0) frames.push(tables.frame(unknownFrame(address)));
    return [Number(id), frames];
  }));
}

function position(value: number | bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : 0;
}

/** A location that only has an address. */
function unknownFrame(address: number | bigint): Frame {
  return { name: `0x${address.toString(16)}`, url: "", line: -1, column: -1 };
}

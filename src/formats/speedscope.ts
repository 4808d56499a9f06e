import { metaFrame } from "../profile/frames.ts";
import { type Frame, type Unit, unitOf } from "../profile/model.ts";
import { isRequest, type RequestProfile, titleOf } from "../profile/request.ts";
import { type Details, detailsIfAny } from "./details.ts";
import { ALL_UNITS, type Format } from "./format.ts";
import { Gaps } from "./gaps.ts";
import { placedName } from "./labels.ts";
import { readSpeedscope } from "./read_speedscope.ts";

/** The part of speedscope's file format that we write. https://www.speedscope.app/file-format-schema.json */
export interface SpeedscopeFile {
  readonly $schema: string;
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly SpeedscopeProfile[];
  /** Ours; speedscope ignores it. */
  readonly profsrv?: Details;
}

export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly col?: number;
}

export interface SpeedscopeProfile {
  readonly type: "evented";
  readonly name: string;
  readonly unit: Unit;
  readonly startValue: number;
  readonly endValue: number;
  readonly events: readonly SpeedscopeEvent[];
}

export interface SpeedscopeEvent {
  /** `O`: the frame opens, `C`: it closes. */
  readonly type: "O" | "C";
  readonly frame: number;
  readonly at: number;
}

/**
 * speedscope's own format, as frames that open and close over the request's span; in gaps `(blocked by …)` or `(waiting)` is open.
 *
 * Written as events, not as samples, because a sample lists its whole stack: deep stacks would grow the file squarely.
 * Neighbouring samples of one function become one stretch.
 */
export const speedscope: Format = {
  id: "speedscope",
  extension: ".speedscope.json",
  mediaType: "application/json",
  about: "speedscope",
  units: ALL_UNITS,
  write: (subject) => JSON.stringify(speedscopeFile(subject)),
  read: readSpeedscope,
};

function speedscopeFile(subject: RequestProfile): SpeedscopeFile {
  const { profile, request } = subject;
  const name = titleOf(request);
  const profsrv = detailsIfAny(subject);
  const gaps = new Map<string, number>();
  const ownEvents = events(subject, gaps);
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "profsrv",
    activeProfileIndex: 0,
    shared: { frames: [...profile.frames, ...[...gaps.keys()].map(metaFrame)].map(speedscopeFrame) },
    profiles: [{
      type: "evented",
      name,
      unit: unitOf(profile),
      startValue: 0,
      endValue: profile.endAt - profile.startAt,
      events: ownEvents,
    }],
    ...(profsrv === undefined ? {} : { profsrv }),
  };
}

function speedscopeFrame(frame: Frame): SpeedscopeFrame {
  const { name, url, line, column } = frame;
  return {
    name: name === "" ? placedName(frame) : name,
    ...(url === "" ? {} : { file: url }),
    ...(line < 0 ? {} : { line: line + 1 }),
    ...(column < 0 ? {} : { col: column + 1 }),
  };
}

/** Adds the names of all gaps to `gaps`, with the number of the frame of each. */
function events(subject: RequestProfile, gaps: Map<string, number>): SpeedscopeEvent[] {
  const { frames, stacks, samples, startAt, endAt } = subject.profile;
  const out: SpeedscopeEvent[] = [];
  const between = new Gaps(subject);
  const rest = (from: number, to: number): void => {
    // Where there is no request, that nothing ran needs no frame.
    if (!isRequest(subject.request)) return;
    for (const gap of between.between(from, to)) {
      const frame = gaps.get(gap.name) ?? frames.length + gaps.size;
      gaps.set(gap.name, frame);
      out.push({ type: "O", frame, at: gap.startAt - startAt }, {
        type: "C",
        frame,
        at: gap.endAt - startAt,
      });
    }
  };
  const opening: number[] = [];
  /** From one stack to another: closes what only the first has, opens what only the second has. */
  const change = (from: number, to: number, at: number): void => {
    while (from !== to) { // a parent has the smaller number, so the larger of the two is no part of the other
      if (from > to) {
        out.push({ type: "C", frame: stacks.frame[from]!, at });
        from = stacks.parent[from]!;
      } else {
        opening.push(stacks.frame[to]!);
        to = stacks.parent[to]!;
      }
    }
    for (let frame = opening.pop(); frame !== undefined; frame = opening.pop()) {
      out.push({ type: "O", frame, at });
    }
  };
  let last = -1;
  let end = 0;
  for (const [i, stack] of samples.stack.entries()) {
    const start = samples.startAt[i]! - startAt;
    if (start > end) {
      change(last, -1, end);
      rest(end + startAt, start + startAt);
      last = -1;
    }
    change(last, stack, start);
    last = stack;
    end = start + samples.time[i]!;
  }
  change(last, -1, end);
  rest(end + startAt, endAt);
  return out;
}

/** When a request ran, and when those ran that held it up: a lane each, on one scale of time. */
import type { VNode } from "preact";
import type { Lane } from "../api.ts";
import { addressText } from "./address.ts";
import { columnTime, spokenTime } from "./format.ts";
import { FunctionText } from "./function_text.tsx";

/** Units of a lane's picture, from its left to its right. */
const ACROSS = 1000;

export function Lanes({ lanes }: { readonly lanes: readonly Lane[] }): VNode {
  const scale = scaleOf(lanes);
  return (
    <div class="lanes">
      {lanes.map((lane, i) => <LaneRow key={lane.id} lane={lane} isOwn={i === 0} scale={scale} />)}
      <div class="lane axis quiet" aria-hidden="true">
        <span />
        <span class="ends">
          {[0, lanes[0]?.to ?? 0].map((it) => (
            <span key={it} style={{ left: `${100 * scale.x(it) / ACROSS}%` }}>{spokenTime(it)}</span>
          ))}
        </span>
        <span />
      </div>
    </div>
  );
}

interface Scale {
  /** Of the request that the page is about. */
  readonly duration: number;
  readonly from: number;
  readonly to: number;
  readonly x: (ms: number) => number;
}

/** The request itself, and as much of the others as leaves it a third of the width. */
function scaleOf(lanes: readonly Lane[]): Scale {
  const duration = Math.max(lanes[0]?.to ?? 0, 0.001);
  const from = Math.max(Math.min(...lanes.map((it) => it.from ?? 0)), -duration);
  const to = Math.min(Math.max(...lanes.map((it) => it.to ?? 0)), 2 * duration);
  return {
    duration,
    from,
    to,
    x: (ms) => Math.min(Math.max((ms - from) / (to - from), 0), 1) * ACROSS,
  };
}

function LaneRow({ lane, isOwn, scale }: {
  readonly lane: Lane;
  readonly isOwn: boolean;
  readonly scale: Scale;
}) {
  const { row, name, held } = lane;
  const hot = row?.hot ?? null;
  return (
    <div class="lane">
      <div class="who">
        <div class="cut">
          {row === null || isOwn
            ? <b title={name}>{name}</b>
            : <a href={addressText({ path: ["request", row.id] })} title={row.url}>{row.method} {row.url}</a>}
        </div>
        {hot === null ? "" : (
          <div class="cut">
            <FunctionText of={hot} />
          </div>
        )}
      </div>
      <LanePicture lane={lane} scale={scale} />
      <span class="number">
        {isOwn
          ? <span class="quiet">itself</span>
          : <span title="so long it held up this request">{columnTime(held)} ms</span>}
      </span>
    </div>
  );
}

function LanePicture(
  { lane, scale: { x, duration, from: left, to: right } }: { readonly lane: Lane; readonly scale: Scale },
) {
  const { from, to, ran, blocked, row, name } = lane;
  const label = `${name}: ${
    row === null
      ? ""
      : `cpu ${spokenTime(row.cpu)}, blocked ${spokenTime(row.blocked)}, wait ${spokenTime(row.wait)}`
  }`;
  const rest = ran === null && row !== null
    ? `It ran for ${spokenTime(row.cpu)} in this time; when exactly is not known.`
    : "waiting";
  return (
    <svg viewBox={`0 0 ${ACROSS} 16`} preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="own" x={x(0)} y={-9} width={x(duration) - x(0)} height={34} />
      {from === null || to === null ? "" : <Piece x={x} from={from} to={to} kind="rest" title={rest} />}
      {blocked.map((it, i) => (
        <Piece
          key={i}
          x={x}
          {...it}
          kind="blocked"
          title={`${spokenTime(it.to - it.from)} blocked by ${it.by}`}
        />
      ))}
      {ran?.filter(([begin, end]) => end > left && begin < right).map(([begin, end], i) => (
        <Piece key={i} x={x} from={begin} to={end} kind="cpu" title={`${spokenTime(end - begin)} running`} />
      ))}
    </svg>
  );
}

function Piece({ x, from, to, kind, title }: {
  readonly x: (ms: number) => number;
  readonly from: number;
  readonly to: number;
  readonly kind: "rest" | "cpu" | "blocked";
  readonly title: string;
}) {
  const height = kind === "rest" ? 4 : 16;
  // What is very short shall still be seen.
  const width = Math.max(x(to) - x(from), 1);
  return (
    <rect class={kind} x={x(from)} y={(16 - height) / 2} width={width} height={height}>
      <title>{title}</title>
    </rect>
  );
}

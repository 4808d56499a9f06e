/** Requests over time and how busy the event loop was; a dragged range is handed on. */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Timeline as Answer, TimelineQuery } from "../api.ts";
import { useAsked } from "./asked.ts";
import { counted, spokenTime } from "./format.ts";
import { type Colouring, kindsOf } from "./marks.ts";
import type { Source } from "./source.ts";
import { useColours } from "./theme.ts";
import { busyPlot, CELL, colourNames, marksPlot, PLOT_HEIGHT, WIDTH_OF_LABELS } from "./timeline_plots.ts";

/** From and to, in milliseconds since the epoch. */
export type Range = readonly [number, number];

interface Props {
  readonly source: Source;
  readonly version: number;
  readonly q: string;
  readonly range: Range | undefined;
  readonly onRange: (range: Range | undefined) => void;
  /** Whether it is its turn: the first rows are waited for more than it. */
  readonly isWanted: boolean;
}

export function Timeline({ source, version, q, range, onRange, isWanted }: Props): VNode {
  const [colouring, setColouring] = useState<Colouring>("time");
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const asks: TimelineQuery = {
    q,
    columns: Math.max(Math.floor((width - WIDTH_OF_LABELS) / CELL), 1),
    lines: Math.floor(PLOT_HEIGHT / CELL),
  };
  const { answer, error } = useAsked(source, "timeline", {
    asks,
    version,
    keeps: true,
    isWanted: isWanted && width > 0,
  });
  usePlots(place, { answer, width, colouring, range, onRange });
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="toolbar">
        <label>
          Colour by{" "}
          <select
            value={colouring}
            onChange={(event) => setColouring(event.currentTarget.value as Colouring)}
          >
            <option value="time">what it was mostly</option>
            <option value="status">status</option>
          </select>
        </label>
        {kindsOf(colouring, answer).map(({ name, text }) => (
          <span key={name} class={`key ${name}`}>{text}</span>
        ))}
        {range === undefined
          ? (
            <span class="quiet">
              drag to choose a range · below: how busy the event loop was with requests
            </span>
          )
          : (
            <button type="button" onClick={() => onRange(undefined)}>
              {spokenTime(range[1] - range[0])} chosen ✕
            </button>
          )}
      </div>
      {error === undefined ? "" : <p class="bad">{error.message}</p>}
      <div
        ref={place}
        class="chart"
        role="img"
        aria-label={answer === undefined ? "Timeline" : `${counted(answer.matching, "request")} over time`}
      />
    </section>
  );
}

function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(place.current?.clientWidth ?? 0));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}

function usePlots(
  place: { readonly current: HTMLElement | null },
  { answer, width, colouring, range, onRange }: Pick<Props, "range" | "onRange"> & {
    readonly answer: Answer | undefined;
    readonly width: number;
    readonly colouring: Colouring;
  },
): void {
  const colours = useColours(colourNames);
  useEffect(() => {
    if (width === 0 || answer === undefined || answer.until <= answer.since) return;
    const common = { place: place.current!, width, colours, answer };
    const plots = [marksPlot({ ...common, colouring, range, onRange }), busyPlot(common)];
    return () => plots.forEach((it) => it.destroy());
  }, [answer, width, colours, colouring, range?.[0], range?.[1]]);
}

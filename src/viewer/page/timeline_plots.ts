/** The two pictures of the timeline, drawn by uPlot: durations above, how busy the event loop was below. */
import uPlot from "uplot";
import type { Timeline } from "../api.ts";
import { clockTime, spokenTime } from "./format.ts";
import { type Colouring, kindsOf, marksOf, shortestOf } from "./marks.ts";

/** Pixels of a mark, each way. */
export const CELL = 3;
/** Pixels that the labels at the left take. */
export const WIDTH_OF_LABELS = 56;
/** Pixels that are free at the right. */
const WIDTH_AT_RIGHT = 12;
/** Pixels of a digit of a label, about. */
const WIDTH_OF_DIGIT = 7;
export const PLOT_HEIGHT = 132;
const BUSY_HEIGHT = 64;
/** As few marks are drawn larger. */
const FEW = 600;

export const colourNames = ["cpu", "blocked", "wait", "good", "warn", "bad", "quiet", "line"] as const;

interface Common {
  readonly place: HTMLElement;
  readonly width: number;
  readonly colours: Readonly<Record<(typeof colourNames)[number], string>>;
  readonly answer: Timeline;
}

type Span = readonly [number, number];

/** uPlot's labels want seconds. */
function secondsOf({ since, until }: Timeline): [number, number] {
  return [since / 1000, until / 1000];
}

export function marksPlot(
  { place, width, colours, answer, colouring, range, onRange }: Common & {
    readonly colouring: Colouring;
    readonly range: Span | undefined;
    readonly onRange: (range: Span) => void;
  },
): uPlot {
  const kinds = kindsOf(colouring, answer);
  const draw = (plot: uPlot): void => {
    const { ctx, bbox } = plot;
    const columns = Math.floor((width - WIDTH_OF_LABELS) / CELL);
    const marks = marksOf(answer, { colouring, columns, lines: Math.floor(PLOT_HEIGHT / CELL) });
    const size = CELL * devicePixelRatio * (marks.length < FEW ? 2 : 1);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - size, bbox.top, bbox.width + 2 * size, bbox.height);
    ctx.clip();
    for (const { start, duration, kind, count } of marks) {
      ctx.fillStyle = colours[kinds[kind]!.colour];
      ctx.globalAlpha = Math.min(0.7 + count * 0.05, 1);
      const x = plot.valToPos(start / 1000, "x", true);
      const y = plot.valToPos(Math.max(duration, 0.01), "y", true);
      ctx.fillRect(x - size / 2, y - size / 2, size, size);
    }
    ctx.restore();
  };
  const plot = new uPlot(
    {
      width,
      height: PLOT_HEIGHT,
      padding: [8, WIDTH_AT_RIGHT, 4, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: true, range: secondsOf(answer) },
        y: { distr: 3, range: [shortestOf(answer) / 1.5, Math.max(answer.longest, 0.05) * 1.5] },
      },
      axes: [
        { ...axisOf(colours), show: false },
        {
          ...axisOf(colours),
          size: WIDTH_OF_LABELS,
          // Only powers of ten, else the labels and lines of the logarithmic scale are too close.
          filter: powersOfTen,
          grid: { stroke: colours.line, width: 1, filter: powersOfTen },
          values: (_plot, splits) => splits.map((it) => it === null ? "" : spokenTime(it)),
        },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [draw],
        setSelect: [({ select: { left, width: chosen }, posToVal }) => {
          if (chosen >= 2) onRange([posToVal(left, "x") * 1000, posToVal(left + chosen, "x") * 1000]);
        }],
      },
    },
    [secondsOf(answer), [null, null]],
    place,
  );
  if (range !== undefined) {
    const [left, right] = [plot.valToPos(range[0] / 1000, "x"), plot.valToPos(range[1] / 1000, "x")];
    plot.setSelect({ left, top: 0, width: right - left, height: plot.over.clientHeight }, false);
  }
  return plot;
}

export function busyPlot({ place, width, colours, answer }: Common): uPlot {
  const { busy } = answer;
  const [since, until] = secondsOf(answer);
  const step = (until - since) / busy.length;
  return new uPlot(
    {
      width,
      height: BUSY_HEIGHT,
      padding: [9, WIDTH_AT_RIGHT, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, range: [since, until] }, y: { range: [0, 1] } },
      axes: [
        { ...axisOf(colours), size: 22, space: 110, values: clockLabels(width) },
        {
          ...axisOf(colours),
          size: WIDTH_OF_LABELS,
          splits: [0, 1],
          values: () => ["", "100 %"],
        },
      ],
      series: [{}, {
        paths: uPlot.paths.stepped!({ align: 1 }),
        points: { show: false },
        stroke: colours.cpu,
        fill: colours.cpu,
        width: 1,
      }],
    },
    [busy.map((_, i) => since + i * step), [...busy]],
    place,
  );
}

function axisOf(colours: Common["colours"]): uPlot.Axis {
  return {
    stroke: colours.quiet,
    font: "11px system-ui, sans-serif",
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    gap: 6,
  };
}

function powersOfTen(_plot: uPlot, splits: number[]): (number | null)[] {
  return splits.map((it) => Math.abs(Math.log10(it) - Math.round(Math.log10(it))) < 1e-9 ? it : null);
}

/** Times of the day, as exact as their distance asks for; none where the picture's edge would cut it. */
function clockLabels(width: number) {
  return (
    { scales }: uPlot,
    splits: number[],
    _axis: number,
    _space: number,
    step: number,
  ): string[] => {
    const length = step >= 60 ? "12:34".length : step >= 1 ? "12:34:56".length : "12:34:56.789".length;
    const { min = 0, max = 1 } = scales["x"]!;
    const drawn = width - WIDTH_OF_LABELS - WIDTH_AT_RIGHT;
    return splits.map((it) => {
      const rest = (max! - it) / (max! - min!) * drawn + WIDTH_AT_RIGHT;
      return rest < length * WIDTH_OF_DIGIT / 2 ? "" : clockTime(it * 1000).slice(0, length);
    });
  };
}

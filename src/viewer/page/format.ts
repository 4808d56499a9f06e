/** Numbers, times and places as people read them. Pure. */
import { type Place, placeText } from "../../analysis/place_text.ts";

/** A time in a column: one decimal, so that the points stand below each other. */
export function columnTime(ms: number): string {
  return ms >= 99_950 ? ms.toFixed(0) : ms.toFixed(1);
}

/** A time in a sentence: `57 ms`, `3.4 ms`, `0.21 ms`, `12 s`. */
export function spokenTime(ms: number): string {
  if (ms >= 9_950) return `${significant(ms / 1000)} s`;
  return `${significant(ms)} ms`;
}

function significant(value: number): string {
  if (value === 0) return "0";
  return value >= 9.95 ? value.toFixed(0) : value >= 0.995 ? value.toFixed(1) : value.toFixed(2);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 999_500) return `${significant(size / 1000)} kB`;
  return `${significant(size / 1_000_000)} MB`;
}

/** 12,345 */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `12 requests`, `1 request`. */
export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? "" : "s"}`;
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short" });

/** The time of the day, local, with milliseconds. */
export function clockTime(epoch: number): string {
  return clock.format(epoch);
}

/** Date and time of the day, local. */
export function dateTime(epoch: number): string {
  return `${day.format(epoch)} ${clock.format(epoch).slice(0, 8)}`;
}

/** Where a function stands, with the whole path. */
export function fullPlaceText({ file, line }: Place): string {
  return line > 0 && file !== "" ? `${file}:${line}` : file;
}

/** A function by its name, or the place of one that has none. */
export function functionName(hot: Place & { readonly function: string }): string {
  return hot.function !== "" ? hot.function : placeText(hot) || "(anonymous)";
}

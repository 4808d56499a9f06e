/** Format strings and values to compare with CPython: most of them right, many of them wrong. */
import type { DateTime, Value, Values } from "../../src/naming/values.ts";
import type { Dice } from "./dice.ts";

/** One comparison. */
export interface FormatCase {
  readonly template: string;
  readonly values: Values;
}

const CHARACTERS = [
  ..."abcXYZ019 .,-_/\\'\"{}%:!<>^=",
  ..."\0\t\n\r\x1b\x7f\x85\xa0éßıİ\u0301\u0660\u06f5\u200b\u200f\u2028\u3000\ufeff\ufffd\ue000\u{1d7ce}😀👩\u{10ffff}",
  "\ud800",
  "\udfff",
];
const FILLS = [..." 0*_-+/x<>=^{}é😀\u0301"];
const SPEC_NOISE = [..."<>=^+- z#0123456789,_.bcdeEfFgGnosxX%%!qN\u0664é"];
const LITERALS = ["a", "-", "/", ".", " ", "{{", "}}", "ms", "é", "😀", "%"];
const BROKEN = [
  "{",
  "}",
  "{}",
  "{0}",
  "{x}",
  "{i!}",
  "{i!q}",
  "{i!r}}",
  "{i",
  "{i:",
  "{i!r",
  "{s[}",
  "{s[0}",
  "{s[]}",
];
const LOOKUPS = [
  "{s[0]}",
  "{s[2]:>5}",
  "{s[-1]}",
  "{s[x]}",
  "{s[0][0]}",
  "{s[0]x}",
  "{s[\u0660]}",
  "{s[99]}",
  "{s[10]}",
  "{i[0]}",
];
const ATTRIBUTES = ["year", "month", "day", "hour", "minute", "second", "microsecond", "nothing", ""];

/** A random case. */
export function formatCase(dice: Dice): FormatCase {
  const values = {
    s: aText(dice),
    i: anInt(dice),
    f: aFloat(dice),
    w: BigInt(dice.below(40)),
    huge: 10n ** 30n,
    d: aDate(dice),
  };
  const count = 1 + dice.below(3);
  const template = Array.from({ length: count }, () => piece(dice)).join(
    dice.chance(50) ? "" : dice.pick(LITERALS),
  );
  return { template, values };
}

/** A case with a date's format only. */
export function dateCase(dice: Dice): FormatCase {
  return { template: `{d:${aDateSpec(dice)}}`, values: { d: aDate(dice) } };
}

function piece(dice: Dice): string {
  const kind = dice.below(100);
  if (kind < 8) return dice.pick(LITERALS);
  if (kind < 10) return dice.pick(BROKEN);
  if (kind < 13) return dice.pick(LOOKUPS);
  if (kind < 15) return `{d.${dice.pick(ATTRIBUTES)}${dice.pick(["", ":03d", "!r:>6", ".real"])}}`;
  const name = dice.pick(["s", "i", "i", "f", "f", "f", "d"]);
  const conversion = dice.chance(12) ? dice.pick(["!r", "!s", "!a"]) : "";
  if (dice.chance(10)) return `{${name}${conversion}}`;
  const type = conversion ? "s" : name;
  return `{${name}${conversion}:${type === "d" ? aDateSpec(dice) : aSpec(dice, type)}}`;
}

function aSpec(dice: Dice, type: string): string {
  if (dice.chance(6)) return dice.text(SPEC_NOISE, dice.below(6));
  const isText = type === "s";
  let spec = "";
  if (dice.chance(40)) {
    if (dice.chance(60)) spec += dice.pick(FILLS);
    spec += dice.pick(["<", ">", "^", isText ? "<" : "="]);
  }
  if (dice.chance(isText ? 1 : 25)) spec += dice.pick(["+", "-", " "]);
  if (dice.chance(type === "f" ? 15 : 1)) spec += "z";
  if (dice.chance(isText ? 1 : 15)) spec += "#";
  if (dice.chance(20)) spec += "0";
  if (dice.chance(50)) {
    spec += dice.chance(15)
      ? dice.pick(["{w}", "{w}", "1{w}", "{huge}", "{s}", "{w:{w}}"])
      : `${dice.below(45)}`;
  }
  if (dice.chance(isText ? 1 : 20)) spec += dice.pick([",", "_", "_", ",_"]);
  if (dice.chance(type === "f" ? 65 : isText ? 30 : 10)) {
    spec += dice.chance(8) ? ".{w}" : `.${dice.chance(95) ? dice.below(30) : dice.below(1200)}`;
  }
  if (dice.chance(85)) {
    spec += dice.pick([...(isText ? "ssssn" : type === "f" ? "eEfFgGn%%fgeed" : "bcdeEfFgGnoxX%ddddbxs")]);
  }
  return dice.chance(2) ? spec + dice.pick(SPEC_NOISE) : spec;
}

function aDateSpec(dice: Dice): string {
  let spec = "";
  for (let count = dice.below(4) + 1; count > 0; count--) {
    if (dice.chance(15)) spec += dice.pick(["-", "/", " ", "é", "T", "{w}", "\ud800", "%"]);
    spec += "%";
    if (dice.chance(25)) spec += dice.text([..."_-0^#+"], 1 + dice.below(2));
    if (dice.chance(15)) {
      spec += `${dice.chance(95) ? dice.below(14) : dice.pick([1023, 1024, 2046, 2047, 2048])}`;
    }
    if (dice.chance(8)) spec += dice.pick(["E", "O", ":"]);
    spec += dice.pick([..."aAbBcCdDeFfgGhHIjklmMnNoOpPqQrRsStTuUvVwWxXyYzZ%%é 1/"]);
  }
  return spec;
}

function aText(dice: Dice): string {
  return dice.chance(10) ? "" : dice.text(CHARACTERS, dice.below(12));
}

function anInt(dice: Dice): bigint {
  const sign = dice.chance(30) ? -1n : 1n;
  const kind = dice.below(10);
  if (kind < 2) return sign * BigInt(dice.below(3));
  if (kind < 6) return sign * BigInt(dice.below(1_000_000));
  if (kind < 7) return dice.chance(20) ? 0x10_ffffn + BigInt(dice.below(2)) : BigInt(dice.below(0x11_0000));
  const near = BigInt(dice.below(5) - 2);
  return sign * ((kind < 9 ? 2n ** BigInt(dice.below(80)) : 10n ** BigInt(dice.below(320))) + near);
}

function aFloat(dice: Dice): number {
  const sign = dice.chance(30) ? -1 : 1;
  const kind = dice.below(12);
  if (kind === 0) return dice.pick([0, -0, Infinity, -Infinity, NaN, 5e-324, 2 ** -1022, Number.MAX_VALUE]);
  // Ties: halves of the last digit that is shown.
  if (kind < 4) return (sign * (dice.below(200_000) * 2 + 1)) / 2 ** dice.below(12);
  if (kind < 6) return sign * Number(`${dice.below(100_000)}e${dice.below(40) - 25}`);
  if (kind < 8) return sign * nextTo(Number(`1e${dice.below(600) - 300}`), dice.below(3) - 1);
  if (kind < 10) return sign * (dice.below(1_000_000_000) / 1000);
  const bits = (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  return new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0;
}

function nextTo(value: number, steps: number): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer);
  return new Float64Array(BigUint64Array.of((bits[0] ?? 0n) + BigInt(steps)).buffer)[0] ?? 0;
}

function aDate(dice: Dice): DateTime {
  const ancient = dice.chance(20);
  const year = ancient ? 1 + dice.below(9999) : 1970 + dice.below(130);
  const start = new Date(0).setUTCFullYear(year, 0, 1);
  const sinceNewYear = dice.chance(20) ? dice.below(365) * 86_400 : dice.below(365 * 86_400);
  const epoch = start / 1000 + sinceNewYear;
  const date = new Date(epoch * 1000);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: dice.chance(50) ? 0 : dice.below(1_000_000),
    epoch,
  };
}

/** A value in the form in which `str_format.py` reads it. */
export function toJson(value: Value): unknown {
  if (typeof value === "string") return ["str", value];
  if (typeof value === "bigint") return ["int", value.toString()];
  if (typeof value === "number") return ["float", Object.is(value, -0) ? "-0.0" : String(value)];
  const { year, month, day, hour, minute, second, microsecond } = value;
  return ["date", [year, month, day, hour, minute, second, microsecond]];
}

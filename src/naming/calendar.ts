/** Facts about a day of the proleptic Gregorian calendar. */
import type { DateTime } from "./values.ts";

const MS_PER_DAY = 86_400_000;

/** Day of the week, 0 for Sunday. */
export function weekday(date: DateTime): number {
  return new Date(utc(date.year, date.month, date.day)).getUTCDay();
}

/** Day of the year, 0 for the first of January. */
export function yearday(date: DateTime): number {
  return Math.round((utc(date.year, date.month, date.day) - utc(date.year, 1, 1)) / MS_PER_DAY);
}

/** Year and week of ISO 8601: weeks start on Monday and belong to the year of their Thursday. */
export function isoWeek(date: DateTime): { year: number; week: number } {
  const fromThursday = 3 - ((weekday(date) + 6) % 7);
  const thursday = new Date(utc(date.year, date.month, date.day + fromThursday));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - utc(year, 1, 1)) / MS_PER_DAY / 7) + 1 };
}

function utc(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

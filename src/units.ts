/**
 * Units of time and size, and the only conversions between them.
 *
 * A unit is a flavour of `number`: a plain number fits any of them, but one unit never passes for another. Names
 * tell instants from spans: `startAt` is a point on a clock, `cpuTime` (or a contract name such as `duration`) a length.
 */
declare const unit: unique symbol;

/** A time in microseconds. Instants count from the zero of V8's monotonic clock in the process that was measured. */
export type Microseconds = number & { readonly [unit]?: "us" };

/** A time in milliseconds; fractions allowed. */
export type Milliseconds = number & { readonly [unit]?: "ms" };

/** An instant in milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` gives it. */
export type EpochMilliseconds = number & { readonly [unit]?: "epoch ms" };

/** A size in bytes. */
export type Bytes = number & { readonly [unit]?: "B" };

/** Microseconds as milliseconds, exact to the microsecond (3 decimals). */
export function toMilliseconds(time: Microseconds): Milliseconds {
  return time / 1000;
}

/** Milliseconds as whole microseconds, rounded to the nearest. */
export function toMicroseconds(time: Milliseconds): Microseconds {
  return Math.round(time * 1000);
}

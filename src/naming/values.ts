/** The values that a name is made of, in the types of Python that they stand for. */

/** A Python `int`: any size. */
export type Int = bigint;

/** A Python `float`. */
export type Float = number;

/** A Python `datetime` without a time zone: the fields of a local clock. */
export interface DateTime {
  /** 1 to 9999. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** The same instant in whole seconds since 1970-01-01T00:00:00Z, which the other fields cannot tell (for `%s`). */
  readonly epoch: number;
}

/** A value as the format language sees it: `string` is a str, `bigint` an int, `number` a float. */
export type Value = string | Int | Float | DateTime;

/** Values by field name. */
export type Values = Readonly<Record<string, Value>>;

/** Why a format string, or a value under it, is refused. */
export class FormatStringError extends Error {
  override readonly name = "FormatStringError";
  /** Where in the format string: characters counted from 1; 0 if not known. */
  readonly at: number;
  /** What would have been right; may be empty. */
  readonly hint: string;

  constructor(reason: string, at = 0, hint = "") {
    super(reason);
    this.at = at;
    this.hint = hint;
  }
}

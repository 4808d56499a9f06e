/** What `profsrv convert` was asked for. */
import { formats } from "../formats/mod.ts";
import type { ConvertOptions } from "./request.ts";
import { UsageError } from "./split.ts";
import { directoryOf, formatsOf, pathOf } from "./values.ts";

/** Option values as given. */
export interface GivenConvertOptions {
  readonly format: string | undefined;
  readonly out: string | undefined;
  readonly merge: boolean;
  readonly quiet: boolean;
}

/** Checks what was given. Throws `UsageError`. */
export function convertOptionsOf(
  [path, second]: readonly string[],
  { format, out, merge, quiet }: GivenConvertOptions,
): ConvertOptions {
  if (path === undefined || path === "") {
    throw new UsageError(
      "Nothing to convert: expected a file or a directory, as in profsrv convert profiles",
    );
  }
  if (second !== undefined) {
    throw new UsageError(`Cannot convert "${path}" and "${second}" at once: expected one file or directory`);
  }
  if (format === undefined) {
    throw new UsageError(
      `Cannot convert "${path}" without a format: expected --format and one of ${
        formats.map((it) => it.id).join(", ")
      }, as in profsrv convert ${path} --format speedscope`,
    );
  }
  return {
    path,
    formats: formatsOf(format),
    isMerged: merge,
    quiet,
    ...(out === undefined ? {} : { out: directoryOf("out", pathOf("out", out)) }),
  };
}

/** `--prof-file`: a template of file names, read once and checked with trial values. */
import { type Fields, fieldsOf } from "./fields.ts";
import { formatParts } from "./format_text.ts";
import { lengthOf } from "./layout.ts";
import { parseFormat, type Part } from "./parse_format.ts";
import { FormatStringError, type Values } from "./values.ts";

/** A template that has been read and checked. */
export interface Template {
  /** As the user wrote it. */
  readonly text: string;
  readonly parts: readonly Part[];
}

/** Why a template is refused: one sentence with the template, the reason and the position. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Reads a template; throws a `TemplateError` if some request could not be named by it. */
export function parseTemplate(text: string): Template {
  try {
    const parts = parseFormat(text);
    formatParts(parts, LEAST);
    checkSegments(text, formatParts(parts, MOST));
    return { text, parts };
  } catch (error) {
    if (!(error instanceof FormatStringError)) throw error;
    const place = error.at > 0 ? ` at position ${error.at}` : "";
    const hint = error.hint ? `; ${error.hint}` : "";
    throw new TemplateError(`--prof-file "${text}": ${error.message}${place}${hint}`);
  }
}

/**
 * The segments of a request's name: directories, then the file, without an extension and not yet safe. Only a `/` in the
 * template, the format of its dates included, begins a new segment. Never throws: a value that its field cannot take is
 * written as `str` does.
 */
export function formatTemplate(template: Template, fields: Fields): readonly string[] {
  return formatParts(template.parts, { ...fields }, { lenient: true });
}

/** A template names files below one directory: it does not begin elsewhere, climb, or end in a `/`. */
function checkSegments(text: string, segments: readonly string[]): void {
  const wrong = segments.findIndex((segment) => ["", ".", ".."].includes(segment));
  if (wrong < 0) return;
  const before = text.split("/").slice(0, wrong).join("/");
  const at = lengthOf(before) + (wrong > 0 ? 2 : 1);
  const kind = wrong === segments.length - 1 ? "file" : "directory";
  throw new FormatStringError(`"${segments[wrong]}" is no ${kind} name`, at, "names stay below --prof-path");
}

/** The least that fields can be; a template good for this and for the most is good for every request. */
const LEAST = trial({ url: "/a", host: "", status: 0, duration: 0, cpu: 0, number: 1, day: 1 });

/** The most, as far as it matters to a format. */
const MOST = trial({
  url: "/" + "long path/".repeat(20) + "?query=" + "text".repeat(20),
  host: "www.example.org:65535",
  status: 599,
  duration: 86_400_000_000,
  cpu: 86_399_999_999,
  number: 2 ** 22,
  day: 20_000,
});

interface Extremes {
  readonly url: string;
  readonly host: string;
  readonly status: number;
  readonly duration: number;
  readonly cpu: number;
  readonly number: number;
  readonly day: number;
}

function trial({ url, host, status, duration, cpu, number, day }: Extremes): Values {
  return {
    ...fieldsOf({
      id: `${number}`,
      route: "/",
      process: { pid: number, tid: 0, runtime: "" },
      request: {
        seq: number,
        method: "GET",
        url,
        host,
        http: "1.1",
        status,
        bytes: 0,
        startedOn: day * 86_400_000,
        startAt: 0,
        duration,
        cpu,
        blocked: 0,
        outcome: "finished",
      },
    }),
  };
}

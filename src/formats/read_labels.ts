/** Frames from what formats made of lines of text call them: `labels.ts` backwards. */
import type { Frame } from "../profile/model.ts";
import { frameLabel, placedName } from "./labels.ts";

const PLACED = /^(.*) \((.+?)(?::(\d{1,9}))?(?::(\d{1,9}))?\)$/;

/** The frame without a name that was made up for it. */
export function unplaced(frame: Frame): Frame {
  const anonymous = { ...frame, name: "" };
  return placedName(anonymous) === frame.name ? anonymous : frame;
}

/** The frame of `name (file:1:2)`; one without script where the text is no such label. */
export function frameOfLabel(label: string): Frame {
  const [, name = "", url = "", line, column] = PLACED.exec(label) ?? [];
  const frame = {
    name: name === "(anonymous)" ? "" : name,
    url,
    line: Number(line ?? 0) - 1,
    column: Number(column ?? 0) - 1,
  };
  if (url !== "" && frameLabel(frame) === label) return frame;
  return { name: label === "(anonymous)" ? "" : label, url: "", line: -1, column: -1 };
}

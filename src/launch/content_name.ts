/** Names of files that never change, for a name stands for one content. Pure. */
import { createHash } from "node:crypto";

/** `stem.extension` and a text become `stem-<digest>.extension`. */
export function contentName(name: string, text: string): string {
  const dot = name.lastIndexOf(".");
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return `${name.slice(0, dot)}-${digest}${name.slice(dot)}`;
}

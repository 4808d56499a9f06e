/** A profile in each format, to be kept. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ProfileQuery } from "../api.ts";
import type { Source } from "./source.ts";

interface Props {
  readonly source: Source;
  readonly formats: readonly string[];
  readonly asks: ProfileQuery;
}

export function Downloads({ source, formats, asks }: Props): VNode | null {
  const [error, setError] = useState("");
  const keep = (format: string): void => {
    source.profile({ ...asks, format }).then(({ name, content }) => {
      setError("");
      save(new Blob([content]), name);
    }, (why: Error) => setError(why.message));
  };
  if (formats.length === 0) return null;
  return (
    <span class="toolbar">
      <span class="quiet">download</span>
      {formats.map((it) => <button key={it} type="button" onClick={() => keep(it)}>{it}</button>)}
      {error === "" ? "" : <span class="bad" role="status">{error}</span>}
    </span>
  );
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

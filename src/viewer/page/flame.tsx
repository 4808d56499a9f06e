/** A flame graph: speedscope in a frame of its own, which is handed a profile as if it were dropped there. */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { addressOf, type ProfileQuery } from "../api.ts";
import { type Address, changeOptions } from "./address.ts";
import { NotFound, type ProfileFile, type Source, type Speedscope } from "./source.ts";
import { useColours } from "./theme.ts";

const colourNames = ["ground"] as const;

interface Props {
  readonly source: Source;
  /** Which profile. */
  readonly asks: ProfileQuery;
  /** What it shows, for those who do not see it. */
  readonly title: string;
}

export function Flame({ source, asks, title }: Props): VNode {
  const frame = useRef<HTMLIFrameElement>(null);
  const [place, setPlace] = useState<Speedscope>();
  const [loads, setLoads] = useState(0);
  // It takes its colours when it is loaded.
  const { ground } = useColours(colourNames);
  const { file, error } = useProfile(source, asks);
  useEffect(() => {
    source.speedscope().then(setPlace);
  }, [source]);
  useEffect(() => {
    if (loads > 0 && file !== undefined) drop(frame.current!, file);
  }, [loads, file]);
  if (error instanceof NotFound) return <p class="quiet">{error.message}</p>;
  if (error !== undefined) return <p class="bad">{error.message}</p>;
  if (place === undefined) return <p class="quiet">Loading speedscope …</p>;
  // No dialogs, no windows, nothing but what it draws.
  return (
    <iframe
      key={ground}
      ref={frame}
      class="flame"
      title={title}
      sandbox="allow-scripts allow-same-origin"
      {...place}
      onLoad={() => setLoads((times) => times + 1)}
    />
  );
}

/** Whether the page shows "my code only", as it does unless the address says otherwise. */
export function isOwnOnly(options: Address["options"]): boolean {
  return options["own"] !== "0";
}

export function OwnSwitch({ isOn }: { readonly isOn: boolean }): VNode {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title="Libraries and node: count for the function of yours that calls them"
      onClick={() => changeOptions({ own: isOn ? "0" : "" }, true)}
    >
      my code only
    </button>
  );
}

function useProfile(source: Source, asks: ProfileQuery): { file?: ProfileFile; error?: Error } {
  const [state, setState] = useState<{ file?: ProfileFile; error?: Error }>({});
  const address = addressOf("profile", asks);
  useEffect(() => {
    const ended = new AbortController();
    setState({});
    source.profile(asks, ended.signal).then(
      (file) => ended.signal.aborted || setState({ file }),
      (error) => ended.signal.aborted || setState({ error }),
    );
    return () => ended.abort();
  }, [source, address]);
  return state;
}

/** speedscope takes what is dropped on its outermost element. */
function drop(frame: HTMLIFrameElement, { name, content }: ProfileFile): void {
  const inside = frame.contentWindow as Window & typeof globalThis;
  const dataTransfer = new inside.DataTransfer();
  dataTransfer.items.add(new inside.File([content], name));
  const event = new inside.DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  inside.document.querySelector("body > div")?.dispatchEvent(event);
}

/** What the keyboard and the search field understand; `?` shows it. */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { fields } from "../query.ts";
import { useKeys } from "./keys.ts";

const keys: readonly (readonly [string, string])[] = [
  ["j k", "next, previous request"],
  ["Enter", "open it"],
  ["/", "search"],
  ["Esc", "end searching, choose no range and no request; from a request back to the list"],
  ["?", "this help"],
];

const examples: readonly (readonly [string, string])[] = [
  ["/orders", "in the URL, the route or the hot function"],
  ["method:post status:5xx", "both hold"],
  ["cpu>50 blocked>1s", "times in ms unless they say otherwise"],
  ["route:/orders/:id", "this route; /orders/* for those that begin so"],
  ["-route:/health", "not this one"],
  ['hot:"render page"', "words with spaces"],
];

export function Help(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useKeys({ "?": () => dialog.current?.showModal() });
  useEffect(() => {
    const close = (): void => dialog.current?.close();
    addEventListener("hashchange", close);
    return () => removeEventListener("hashchange", close);
  }, []);
  return (
    <dialog ref={dialog} aria-label="Help">
      <h2>Keys</h2>
      <dl>
        {keys.map(([key, what]) => [
          <dt key={key}>
            <kbd>{key}</kbd>
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
      <h2>Search</h2>
      <dl>
        {examples.map(([text, what]) => [
          <dt key={text}>
            <code>{text}</code>
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
      <p class="quiet">Fields: {fields.join(", ")}.</p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

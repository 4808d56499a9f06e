/** A function by its name and place; one without a name is its place. */
import type { VNode } from "preact";
import { type Place, placeText } from "../../analysis/place_text.ts";
import { fullPlaceText } from "./format.ts";

export function FunctionText({ of }: { readonly of: Place & { readonly function: string } }): VNode {
  const place = placeText(of);
  return (
    <span title={`${of.function} ${fullPlaceText(of)}`.trim()}>
      {of.function === "" && place !== "" ? "" : <code>{of.function || "(anonymous)"}</code>}{" "}
      <span class="quiet">{place}</span>
    </span>
  );
}

/** A page that holds but a few words. */
import type { ComponentChildren, VNode } from "preact";

export function Blank(
  { title, children }: { readonly title: string; readonly children?: ComponentChildren },
): VNode {
  return (
    <div class="blank" role="status">
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}

/** The search field; what is wrong with what is typed is said at once. */
import type { ComponentChildren, RefObject, VNode } from "preact";
import { fields, parseQuery } from "../query.ts";

interface Props {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** What stands beside it. */
  readonly children: ComponentChildren;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function QueryField({ text, onText, field, children }: Props): VNode {
  const { error } = parseQuery(text);
  return (
    <>
      <input
        ref={field}
        type="search"
        aria-label="Search requests"
        aria-invalid={error !== undefined}
        aria-describedby="query-error"
        title={`Words, and conditions on ${fields.join(", ")}`}
        placeholder="/orders method:post status:5xx cpu>50 -route:/health"
        spellcheck={false}
        autocomplete="off"
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text === "") event.currentTarget.blur();
          else if (event.key === "Escape") onText("");
          else if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      {children}
      <p id="query-error" class="bad" role="status">{error}</p>
    </>
  );
}

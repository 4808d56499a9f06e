/** Keys that do something wherever nothing is typed. */
import { useLayoutEffect } from "preact/hooks";

/** Listens for keys, by their `key`, while the caller is shown. */
export function useKeys(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  // Not useEffect, which runs later: the next key would do what the one before has changed already.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as Element;
      if (target.closest("input, select, textarea, dialog") !== null) return;
      // A link or a button that has the focus is pressed itself.
      if (event.key === "Enter" && target.closest("a, button") !== null) return;
      const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

/** Questions to the source as a part of what is rendered. */
import { useLayoutEffect, useState } from "preact/hooks";
import { addressOf, type Endpoints } from "../api.ts";
import type { Question, Source } from "./source.ts";

/** What became of a question: an answer stays until the next one is there. */
export interface Asked<Answer> {
  readonly answer?: Answer;
  readonly error?: Error;
  /** The question has not been answered yet; `answer` may be an older one. */
  readonly isOpen: boolean;
}

/**
 * Asks, and asks again when `version` has changed, but one question at a time; the answer to another question is forgotten, unless
 * `keeps` says that an older one is better than none.
 */
export function useAsked<Name extends Question>(
  source: Source,
  name: Name,
  { asks, version = 0, keeps = false, isWanted = true }: {
    readonly asks: Endpoints[Name]["asks"];
    readonly version?: number;
    readonly keeps?: boolean;
    readonly isWanted?: boolean;
  },
): Asked<Endpoints[Name]["answer"]> {
  const address = addressOf(name, asks);
  const [state, setState] = useState<Asked<Endpoints[Name]["answer"]> & { address: string; version: number }>(
    {
      address: "",
      version: -1,
      isOpen: true,
    },
  );
  const isOther = state.address !== address;
  // While an answer is awaited, a newer version waits: on a slow machine no answer would ever arrive in time.
  const isDue = isWanted && (isOther || (!state.isOpen && state.version !== version));
  // Before the browser paints, so that the answer is on its way meanwhile.
  useLayoutEffect(() => {
    if (!isDue) return;
    const mark = { address, version };
    setState((old) => ({
      ...mark,
      isOpen: true,
      ...((!isOther || keeps) && old.answer !== undefined ? { answer: old.answer } : {}),
    }));
    source.ask(name, asks).then(
      (answer) => setState((old) => old.address === address ? { ...mark, answer, isOpen: false } : old),
      (error) =>
        setState((old) =>
          old.address === address
            ? { ...mark, error, isOpen: false, ...(old.answer === undefined ? {} : { answer: old.answer }) }
            : old
        ),
    );
  }, [isDue, address]);
  return isOther && !keeps ? { isOpen: true } : state;
}

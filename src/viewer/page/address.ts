/** What is looked at, as the address says it: `#/requests?q=status%3A5xx&sort=-cpu`. */
import { useEffect, useState } from "preact/hooks";
import { wellFormed } from "../api.ts";

/** A page and what it is to show. */
export interface Address {
  /** The page's name and, for some, what it is about: `["request", "12-1"]`. */
  readonly path: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/** Reads the part of an address after `#`. */
export function parseAddress(hash: string): Address {
  const [path = "", options = ""] = split(hash.replace(/^#?\/?/, ""), "?");
  return {
    path: path.split("/").filter((it) => it !== "").map(decoded),
    options: Object.fromEntries(new URLSearchParams(options)),
  };
}

/** Writes it; options that are empty are left out. */
export function addressText(
  { path, options = {} }: { path: readonly string[]; options?: Address["options"] },
): string {
  const given = Object.entries(options).filter(([, value]) => value !== "");
  const query = new URLSearchParams(given).toString();
  return `#/${path.map((it) => encodeURIComponent(wellFormed(it))).join("/")}${
    query === "" ? "" : `?${query}`
  }`;
}

function split(text: string, by: string): [string, string] {
  const index = text.indexOf(by);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

/** An address may come from anywhere. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address that the page stands at; the caller is rendered again when it changes. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => parseAddress(location.hash));
  useEffect(() => {
    const read = (): void => setAddress(parseAddress(location.hash));
    addEventListener("hashchange", read);
    addEventListener("popstate", read);
    return () => {
      removeEventListener("hashchange", read);
      removeEventListener("popstate", read);
    };
  }, []);
  return address;
}

/** Goes to a page: a step that can be taken back. */
export function goTo(path: readonly string[], options?: Address["options"]): void {
  location.hash = addressText({ path, ...(options === undefined ? {} : { options }) });
}

/** Changes options of the page that is shown; what is typed letter by letter makes no steps back. */
export function changeOptions(changes: Address["options"], isStep: boolean): void {
  const { path, options } = parseAddress(location.hash);
  const text = addressText({ path, options: { ...options, ...changes } });
  if (text === location.hash) return;
  if (isStep) location.hash = text;
  else {
    history.replaceState(null, "", text);
    dispatchEvent(new PopStateEvent("popstate"));
  }
}

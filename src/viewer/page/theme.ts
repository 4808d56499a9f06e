/** Light or dark: as the system has it, unless a person has chosen. */
import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const key = "profsrv-theme";
/** Where speedscope keeps its own choice. */
const speedscopeKey = "speedscope-color-scheme";

/** What was chosen the last time; where nothing can be kept, the system counts. */
function chosenTheme(): Theme {
  try {
    const theme = localStorage.getItem(key);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

/** The theme and how to change it; the page follows. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(chosenTheme);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem(key, theme);
      if (theme === "system") localStorage.removeItem(speedscopeKey);
      else localStorage.setItem(speedscopeKey, theme.toUpperCase());
    } catch {
      // The choice then lasts as long as the page.
    }
    dispatchEvent(new Event(THEME_CHANGED));
  }, [theme]);
  return [theme, setTheme];
}

const THEME_CHANGED = "themechanged";

/** The colours of the style sheet for what is drawn on a canvas; the caller is rendered again when they change. */
export function useColours<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const [colours, setColours] = useState(() => coloursOf(names));
  useEffect(() => {
    const read = (): void => setColours(coloursOf(names));
    const system = matchMedia("(prefers-color-scheme: dark)");
    addEventListener(THEME_CHANGED, read);
    system.addEventListener("change", read);
    read();
    return () => {
      removeEventListener(THEME_CHANGED, read);
      system.removeEventListener("change", read);
    };
  }, []);
  return colours;
}

function coloursOf<Name extends string>(names: readonly Name[]): Record<Name, string> {
  const probe = document.body.appendChild(document.createElement("i"));
  const colours = Object.fromEntries(names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return colours as Record<Name, string>;
}

/** What changes often, seen seldom. */
import { useEffect, useRef, useState } from "preact/hooks";

/** So often, in milliseconds, what is dear to make is made again while a run goes on. */
const INTERVAL = 1000;

/** The value as it was within the last `interval` milliseconds; after that as it is. */
export function useSeldom<T>(value: T, interval = INTERVAL): T {
  const [shown, setShown] = useState(value);
  const shownAt = useRef(performance.now());
  useEffect(() => {
    if (value === shown) return;
    const rest = shownAt.current + interval - performance.now();
    const timer = setTimeout(() => {
      shownAt.current = performance.now();
      setShown(value);
    }, Math.max(rest, 0));
    return () => clearTimeout(timer);
  }, [value, shown, interval]);
  return shown;
}

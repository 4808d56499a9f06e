/** Computes for this many milliseconds. */
export function computeForPage(milliseconds) {
  const until = performance.now() + milliseconds;
  let x = 1;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) x = (x * 16807 + i) % 2147483647;
  return x;
}

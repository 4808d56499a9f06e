/** In a microsecond. */
export const NANOSECONDS = 1000;

/** What pprof calls what is measured, by the unit of our profiles, and how much of its unit one of ours is. */
export const MEASURES = {
  microseconds: { type: "cpu", unit: "nanoseconds", period: "cpu", scale: NANOSECONDS },
  // As in Go's heap profiles; V8 does not tell how many objects there were.
  bytes: { type: "alloc_space", unit: "bytes", period: "space", scale: 1 },
} as const;

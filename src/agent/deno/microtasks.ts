/** Deno's own `queueMicrotask`, as it was before the application or the agent replaced it. */
export const nativeQueueMicrotask = queueMicrotask;

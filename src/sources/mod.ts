/**
 * Where the profiled functions were written: finds the source maps of scripts, on disk, in Deno's cache, or told by the
 * agent.
 */
export { ProcessSources } from "./process_sources.ts";
export { Sources, type SourcesOptions } from "./sources.ts";

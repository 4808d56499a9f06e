/** The bundled agent, put here by build/bundle.ts. */
declare const PROFSRV_AGENT: string | undefined;

/** The agent as one CommonJS program, to be written into the run's private directory and required from there. */
export function agentText(): string {
  if (typeof PROFSRV_AGENT === "undefined") {
    throw new Error("Cannot load the agent: it exists only in a build, `make build` makes one");
  }
  return PROFSRV_AGENT;
}

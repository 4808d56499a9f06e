/** What the agent does, from the least to nearly all of it: each step has those before it in it. */
export const STEPS = [
  "nothing",
  "sampler",
  "before",
  "promises",
  "channels",
  "context",
  "ledger",
  "record",
] as const;

export type Step = typeof STEPS[number];

/** Names the step for the preload. */
export const STEP_VARIABLE = "PROFSRV_FLOOR";

/** Whether the step that the environment names has this one in it. */
export function has(step: Step): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(process.env[STEP_VARIABLE] as Step);
}

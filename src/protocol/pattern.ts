/** What the agent must know of patterns, too. */
export {
  isCatchAll,
  isFixedLength,
  isLiteral,
  OPERATION,
  segmentsOf,
  UNCOVERED,
} from "../profile/pattern.ts";

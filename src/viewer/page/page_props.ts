/** What every page gets. */
import type { Run } from "../api.ts";
import type { Address } from "./address.ts";
import type { Source } from "./source.ts";

export interface PageProps {
  readonly source: Source;
  readonly run: Run;
  readonly address: Address;
}

/** Node's inspector, and whether the application may use it as well. */
import type * as Inspector from "node:inspector";
import process from "node:process";

export class InspectorUse {
  private isLoaded = false;
  private isOfOthers = false;

  /** Loads it. Throws where there is none. */
  load(): typeof Inspector {
    this.noticeOthers();
    this.isLoaded = true;
    return require("node:inspector") as typeof Inspector;
  }

  /** Whether somebody else had loaded it before the agent did. */
  hasOthers(): boolean {
    this.noticeOthers();
    return this.isOfOthers;
  }

  private noticeOthers(): void {
    if (this.isLoaded || this.isOfOthers) return;
    const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
    this.isOfOthers = moduleLoadList.includes("NativeModule inspector");
  }
}

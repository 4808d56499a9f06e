/** Source maps that processes told: equal ones are kept once, for as long as one of the processes may tell more. */
import { createHash } from "node:crypto";
import type { Bytes } from "../units.ts";
import type { ScriptMap } from "./script_map.ts";

/** Beyond this much the maps told first are given up: a process may make its scripts anew for days. */
const MOST: Bytes = 256 * 1024 * 1024;

/** A map that some processes told. */
export interface ToldMap {
  /** Undefined if it cannot be used, or was given up. */
  map: ScriptMap | undefined;
  readonly key: string;
  /** How many hold it. */
  holders: number;
}

/** All told maps of a run. */
export class ToldMaps {
  readonly #maps = new Map<string, ToldMap>();
  #size: Bytes = 0;
  readonly #most: Bytes;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** How many different ones are held. */
  get count(): number {
    return this.#maps.size;
  }

  /** Holds on to the map of a script; `decode` is called if none of the others told the same. */
  hold(url: string, map: unknown, decode: (key: string) => ScriptMap | undefined): ToldMap {
    const key = createHash("sha256").update(JSON.stringify([url, map])).digest("base64");
    let told = this.#maps.get(key);
    if (told === undefined) {
      told = { map: decode(key), key, holders: 0 };
      this.#size += told.map?.size ?? 0;
      this.#maps.set(key, told);
      this.#giveUpFirst(told);
    }
    told.holders++;
    return told;
  }

  /** Lets go of a map. */
  release(told: ToldMap): void {
    if (--told.holders > 0) return;
    this.#size -= told.map?.size ?? 0;
    this.#maps.delete(told.key);
  }

  #giveUpFirst(last: ToldMap): void {
    for (const told of this.#maps.values()) {
      if (this.#size <= this.#most || told === last) return;
      this.#size -= told.map?.size ?? 0;
      told.map = undefined;
    }
  }
}

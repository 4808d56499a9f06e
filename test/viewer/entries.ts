/** Index entries and tables for tests. */
import type { IndexEntry } from "../../src/store/entry.ts";
import { rowOf } from "../../src/store/entry.ts";
import { type Known, Table } from "../../src/viewer/table/table.ts";
import { entryOf } from "../cli/entries.ts";

/** A request that differs from an ordinary one by what is given; its duration is `cpu + blocked + wait`. */
export function entry(id: string, given: Partial<IndexEntry> = {}): IndexEntry {
  const { cpu = 1, blocked = 0, wait = 2 } = given;
  const duration = Math.round((cpu + blocked + wait) * 1000) / 1000;
  const ordinary = {
    url: "/a",
    path: "/a",
    route: "/a",
    hot: null,
    blockers: [],
    trace: null,
    queued: 0,
    files: [],
  };
  return entryOf({ id, ...ordinary, ...given, cpu, blocked, wait, duration });
}

export function known(given: Partial<Known> & Pick<Known, "routeName">): Known {
  return { profile: "none", offset: 0, file: "", ...given };
}

export function tableOf(entries: readonly IndexEntry[]): Table {
  const table = new Table();
  for (const it of entries) table.add(it, known({ routeName: rowOf(it) }));
  return table;
}

/** The requests of a run as columns: some 150 bytes a request, so that a million of them fit. */
import { functionKey, type HotFunction, type IndexEntry } from "../../store/entry.ts";
import { pathOf } from "../../profile/request.ts";
import { toMicroseconds, toMilliseconds } from "../../units.ts";
import type { ProfileState, Row } from "../api.ts";
import { Amounts, Names, Numbers, Texts } from "./columns.ts";
import { Ids } from "./ids.ts";

/** Names told apart in one column. */
const MOST_NAMES = 100_000;
const OTHER = "(other)";

export const OUTCOMES = ["finished", "aborted", "error", "unfinished"] as const;
export const PROFILE_STATES = ["none", "kept", "gone", "awaited"] as const;

interface Process {
  readonly pid: number;
  readonly tid: number;
  readonly runtime: string;
}

/** What a table holds of a request besides its entry. */
export interface Known {
  readonly routeName: string;
  readonly profile: ProfileState;
  /** Where its line begins in the index. */
  readonly offset: number;
  /** The first of its profile files, if it is there; else empty. */
  readonly file: string;
}

/** Rows are numbered from 0 in the order in which the requests ended. Times are held in microseconds, `start` in milliseconds. */
export class Table {
  rows = 0;
  /** Changes with every change of the table. */
  version = 0;
  readonly ids = new Ids();
  readonly start = new Numbers("f64");
  readonly duration = new Amounts();
  readonly queued = new Amounts();
  readonly cpu = new Amounts();
  readonly blocked = new Amounts();
  readonly gc = new Amounts();
  /** 0: not measured; else one more than the bytes. */
  readonly alloc = new Amounts();
  readonly status = new Numbers("u16");
  readonly outcome = new Numbers("u8");
  readonly profile = new Numbers("u8");
  readonly offset = new Numbers("f64");
  readonly method = new Numbers("u32");
  readonly route = new Numbers("u32");
  readonly routeName = new Numbers("u32");
  readonly process = new Numbers("u32");
  /** 0: none; else one more than the number of its name. */
  readonly hot = new Numbers("u32");
  readonly hotSelf = new Amounts();
  readonly blockers = new Ids();
  /** 0: none. */
  readonly held = new Amounts();
  readonly url = new Texts();
  readonly trace = new Texts();
  readonly file = new Texts();
  readonly methods = new Names<string>(MOST_NAMES, OTHER);
  readonly routes = new Names<string>(MOST_NAMES, OTHER);
  readonly routeNames = new Names<string>(MOST_NAMES, OTHER);
  readonly processes = new Names<Process>(MOST_NAMES, { pid: 0, tid: 0, runtime: OTHER });
  readonly functions = new Names<Omit<HotFunction, "self">>(MOST_NAMES, {
    function: OTHER,
    file: "",
    line: 0,
  });

  add(entry: IndexEntry, { routeName, profile, offset, file }: Known): void {
    const row = this.rows;
    const { hot, alloc, blockers: [first] = [] } = entry;
    const named = hot ?? alloc?.hot;
    this.ids.set(row, entry.id);
    this.start.set(row, Date.parse(entry.start));
    this.duration.set(row, toMicroseconds(entry.duration));
    this.queued.set(row, toMicroseconds(entry.queued ?? 0));
    this.cpu.set(row, toMicroseconds(entry.cpu));
    this.blocked.set(row, toMicroseconds(entry.blocked));
    this.gc.set(row, toMicroseconds(entry.gc));
    this.status.set(row, entry.status);
    this.outcome.set(row, OUTCOMES.indexOf(entry.outcome));
    this.profile.set(row, PROFILE_STATES.indexOf(profile));
    this.offset.set(row, offset);
    this.method.set(row, this.methods.number(entry.method, entry.method));
    this.route.set(row, this.routes.number(entry.route, entry.route));
    this.routeName.set(row, this.routeNames.number(routeName, routeName));
    const { pid, tid, runtime } = entry;
    this.process.set(row, this.processes.number(`${pid} ${tid} ${runtime}`, { pid, tid, runtime }));
    this.alloc.set(row, alloc ? alloc.bytes + 1 : 0);
    this.hot.set(row, named ? 1 + this.#functionNumber(named) : 0);
    this.hotSelf.set(row, hot ? toMicroseconds(hot.self) : 0);
    this.blockers.set(row, first?.id ?? "");
    this.held.set(row, first === undefined ? 0 : toMicroseconds(first.ms));
    this.url.set(row, entry.url);
    this.trace.set(row, entry.trace ?? "");
    this.file.set(row, file);
    this.rows++;
    this.version++;
  }

  /** From now on the profiles of these rows are in this state. */
  setProfiles(rows: readonly number[], state: ProfileState): void {
    for (const row of rows) this.profile.set(row, PROFILE_STATES.indexOf(state));
    if (rows.length > 0) this.version++;
  }

  /** Makes room for so many rows. */
  reserve(rows: number): void {
    for (const column of this.#columns()) column.reserve(rows, this.rows);
  }

  /** Forgets the oldest rows; the others get new numbers. */
  forget(rows: number): void {
    for (const column of this.#columns()) column.forget(rows);
    this.rows -= rows;
    this.version++;
  }

  /** What it was mostly, as an index into `KINDS`. */
  mostly(row: number): number {
    const [cpu, blocked] = [this.cpu.get(row), this.blocked.get(row)];
    const wait = this.duration.get(row) - cpu - blocked;
    return cpu >= blocked && cpu >= wait ? 0 : blocked >= wait ? 1 : 2;
  }

  hasFailed(row: number): boolean {
    const outcome = this.outcome.get(row);
    return this.status.get(row) >= 500 || outcome === 1 || outcome === 2;
  }

  row(row: number): Row {
    const view = new RowView(this, row);
    return Object.fromEntries(ROW_KEYS.map((key) => [key, view[key]])) as unknown as Row;
  }

  #columns(): (Numbers<"f64"> | Amounts | Texts | Ids)[] {
    return Object.values(this).filter((it) =>
      it instanceof Numbers || it instanceof Amounts || it instanceof Texts || it instanceof Ids
    );
  }

  #functionNumber({ function: name, file, line }: Omit<HotFunction, "self">): number {
    const found = { function: name, file, line };
    return this.functions.number(functionKey(found), found);
  }
}

/** One row of a table, whose parts are made when they are asked for; it can be moved from row to row. */
export class RowView implements Row {
  readonly #table: Table;
  at: number;

  constructor(table: Table, row = 0) {
    this.#table = table;
    this.at = row;
  }

  get id(): string {
    return this.#table.ids.get(this.at);
  }
  get start(): number {
    return this.#table.start.get(this.at);
  }
  get duration(): number {
    return toMilliseconds(this.#table.duration.get(this.at));
  }
  get queued(): number {
    return toMilliseconds(this.#table.queued.get(this.at));
  }
  get cpu(): number {
    return toMilliseconds(this.#table.cpu.get(this.at));
  }
  get blocked(): number {
    return toMilliseconds(this.#table.blocked.get(this.at));
  }
  get wait(): number {
    const { duration, cpu, blocked } = this.#table;
    return toMilliseconds(duration.get(this.at) - cpu.get(this.at) - blocked.get(this.at));
  }
  get gc(): number {
    return toMilliseconds(this.#table.gc.get(this.at));
  }
  get method(): string {
    return this.#table.methods.values[this.#table.method.get(this.at)]!;
  }
  get url(): string {
    return this.#table.url.get(this.at);
  }
  get path(): string {
    return pathOf(this.url);
  }
  get route(): string {
    return this.#table.routes.values[this.#table.route.get(this.at)]!;
  }
  get routeName(): string {
    return this.#table.routeNames.values[this.#table.routeName.get(this.at)]!;
  }
  get status(): number {
    return this.#table.status.get(this.at);
  }
  get outcome(): Row["outcome"] {
    return OUTCOMES[this.#table.outcome.get(this.at)]!;
  }
  get alloc(): number | null {
    const alloc = this.#table.alloc.get(this.at);
    return alloc === 0 ? null : alloc - 1;
  }
  get hot(): Row["hot"] {
    const number = this.#table.hot.get(this.at);
    if (number === 0) return null;
    const known = this.#table.functions.values[number - 1]!;
    return { ...known, self: toMilliseconds(this.#table.hotSelf.get(this.at)) };
  }
  get blocker(): Row["blocker"] {
    const held = this.#table.held.get(this.at);
    return held === 0 ? null : { id: this.#table.blockers.get(this.at), ms: toMilliseconds(held) };
  }
  get #process(): Process {
    return this.#table.processes.values[this.#table.process.get(this.at)]!;
  }
  get pid(): number {
    return this.#process.pid;
  }
  get tid(): number {
    return this.#process.tid;
  }
  get runtime(): string {
    return this.#process.runtime;
  }
  get trace(): string | null {
    return this.#table.trace.get(this.at) || null;
  }
  get profile(): ProfileState {
    return PROFILE_STATES[this.#table.profile.get(this.at)]!;
  }
}

const ROW_KEYS = Object.entries(Object.getOwnPropertyDescriptors(RowView.prototype))
  .filter(([, { get }]) => get !== undefined).map(([key]) => key as keyof Row);

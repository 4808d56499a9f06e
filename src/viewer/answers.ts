/** The answers to all questions but that for the run itself, which goes on. */
import type { EndpointName, Run } from "./api.ts";
import { functionsAnswer } from "./functions_answer.ts";
import { MergedProfiles } from "./merged.ts";
import { OtherRunList, type OtherRunsOptions } from "./other_runs.ts";
import { neededIn, NoAnswer, numberIn, profileQuery, rowsQuery, timelineQuery } from "./questions.ts";
import { type ProfileFile, profileFile, profileOfRequest, requestAnswer } from "./request_answer.ts";
import { routeNamed, routesAnswer } from "./routes_answer.ts";
import { type NotesOn, runAnswer } from "./run_answer.ts";
import { answerRows } from "./table/answer_rows.ts";
import { answerTimeline } from "./table/answer_timeline.ts";
import type { ViewedRun } from "./viewed_run.ts";

/** What is viewed, and what only the command line knows of it. */
export interface ViewOptions extends OtherRunsOptions {
  readonly run: ViewedRun;
  readonly notesOn: NotesOn;
}

/** An answer: data for JSON, or a file. */
export type Answer = { readonly data: object } | { readonly file: ProfileFile };

type Question = Exclude<EndpointName, "run">;

export class Answers {
  readonly run: ViewedRun;
  readonly #notesOn: NotesOn;
  readonly #merged: MergedProfiles;
  readonly #others: OtherRunList;

  constructor({ run, notesOn, ...others }: ViewOptions) {
    this.run = run;
    this.#notesOn = notesOn;
    this.#merged = new MergedProfiles(run);
    this.#others = new OtherRunList(run.directory, others);
  }

  /** Changes with the run. */
  get version(): number {
    return this.run.version + this.run.table.version;
  }

  runNow(): Run {
    return runAnswer(this.run, this.#notesOn);
  }

  /**
   * Answers a question.
   *
   * @throws `NoAnswer`
   */
  async to(name: string, query: URLSearchParams): Promise<Answer> {
    if (!Object.hasOwn(this.#answers, name)) throw new NoAnswer(404, `There is no question "${name}"`);
    return await this.#answers[name as Question](query);
  }

  readonly #answers: { readonly [Name in Question]: (query: URLSearchParams) => Answer | Promise<Answer> } = {
    rows: (query) => {
      this.run.profiles.update(this.run.state === "live");
      return { data: answerRows(this.run.table, rowsQuery(query)) };
    },
    timeline: (query) => ({ data: answerTimeline(this.run.table, timelineQuery(query)) }),
    request: async (query) => {
      const id = neededIn(query, "id");
      const data = requestAnswer(this.run, id) ?? await this.#afterReading(() => requestAnswer(this.run, id));
      if (data === undefined) throw new NoAnswer(404, `The run has no request with the id "${id}"`);
      return { data };
    },
    routes: () => ({ data: routesAnswer(this.run.routes) }),
    functions: async () => ({
      data: await functionsAnswer(this.#merged, this.run.routes.culprits.allCalls()),
    }),
    runs: () => ({ data: { runs: this.#others.list() } }),
    compare: async (query) => ({ data: await this.#others.compare(this.#otherRun(numberIn(query, "base"))) }),
    profile: (query) => this.#profile(query),
  };

  async #profile(query: URLSearchParams): Promise<Answer> {
    const { id, route, base, format, own } = profileQuery(query);
    const merged = base === undefined ? this.#merged : await this.#others.merged(this.#otherRun(base));
    const name = route === undefined || base !== undefined
      ? route
      : routeNamed(this.run.routes, route)?.name ?? route;
    const subject = id === undefined ? await merged.profile(name) : profileOfRequest(this.run, id);
    if (subject === undefined) {
      throw new NoAnswer(404, "There is no profile of that: none was kept, or its file is gone");
    }
    const file = profileFile(subject, { format, own: own === true });
    if (file === undefined) throw new NoAnswer(400, `There is no format "${format}"`);
    return { file };
  }

  #otherRun(number = -1) {
    const run = this.#others.numbered(number);
    if (run === undefined) throw new NoAnswer(404, `There is no run with the number ${number}`);
    return run;
  }

  /** Tries again once all of the index has been read. */
  async #afterReading<T>(find: () => T | undefined): Promise<T | undefined> {
    await this.run.read();
    return find();
  }
}

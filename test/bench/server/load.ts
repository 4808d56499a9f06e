/** Measures servers under load: the first seconds after the start, and when V8 has compiled what is hot. */
import { type Load, type Phase, type Running, start } from "./running.ts";
import { untilStill } from "./taken.ts";

/** What one measurement found. */
export interface Measured {
  /** The first seconds under load. */
  readonly first: Phase;
  /** Later ones, a second each. */
  readonly turns: readonly Phase[];
  /** Resident memory at the end, in bytes: the server's, the wrapper's. */
  readonly rss: number;
  readonly wrapperRss: number;
  /** Microseconds from the start of the server's process until it listened. */
  readonly startup: number;
  /** All that were answered, those to warm up included. */
  readonly answered: number;
}

/** Seconds: in the first two V8 compiles, with and without a profiler, and holds requests up for many milliseconds. */
const FIRST = 3;

/** Seconds under load: between the first three and the measured ones, and these. */
export interface Times {
  readonly rest: number;
  readonly seconds: number;
}

/**
 * Starts servers one by one and loads each for the first seconds. Once all run and are warm they are loaded in turn, a second each: a machine
 * whose speed changes within minutes is as fast for one as for the others. Each is loaded when all others have done what was left of theirs.
 */
export async function measureInTurn(loads: readonly Load[], { rest, seconds }: Times): Promise<Measured[]> {
  const servers: Running[] = [];
  const still = () => untilStill(servers.flatMap(({ pids }) => pids));
  const phases: Phase[][] = loads.map(() => []);
  let answered = loads.map(() => 0);
  try {
    for (const [i, load] of loads.entries()) {
      await still();
      servers.push(await start(load));
      phases[i]!.push(await servers[i]!.phase(FIRST));
    }
    if (rest > 0) {
      for (const [i, server] of servers.entries()) {
        await still();
        answered[i]! += (await server.phase(rest)).requests;
      }
    }
    for (let turn = 0; turn < seconds; turn++) {
      // Who comes first, and who after whom, is drawn anew each time, so that what follows from the order counts for nobody.
      for (const which of shuffled(servers.keys())) {
        await still();
        phases[which]!.push(await servers[which]!.phase(1));
      }
    }
    answered = answered.map((sum, i) => phases[i]!.reduce((all, { requests }) => all + requests, sum));
    return await Promise.all(servers.map(async (server, i) => {
      const memory = server.memory();
      await server.end();
      const [first, ...turns] = phases[i]!;
      return { ...memory, first: first!, turns, startup: server.startup, answered: answered[i]! };
    }));
  } finally {
    for (const server of servers) server.kill();
  }
}

function shuffled(items: Iterable<number>): number[] {
  const out = [...items];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [out[last], out[other]] = [out[other]!, out[last]!];
  }
  return out;
}

/** One server alone, loaded for `seconds` when it is warm. */
export async function measure(
  load: Load & {
    readonly seconds: number;
    /** Called while the server runs. */
    readonly before?: (port: number, pid: number) => Promise<void>;
    readonly after?: (port: number) => Promise<void>;
  },
): Promise<Phase> {
  const server = await start(load);
  try {
    await server.phase(FIRST);
    await load.before?.(server.port, server.pid);
    const steady = await server.phase(load.seconds);
    await load.after?.(server.port);
    await server.end();
    return steady;
  } finally {
    server.kill();
  }
}

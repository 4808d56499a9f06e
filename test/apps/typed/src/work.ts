/** Work whose functions stand on other lines once the types are gone. */

export interface Options {
  readonly rounds: number;
}

type Step = (x: number) => number;

/** Runs for some milliseconds of CPU time. */
function spend<Time extends number>(time: Time): number {
  const until = performance.now() + time;
  let x = 0;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) x += Math.sqrt(i);
  return x;
}

export class Worker {
  readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  burnMethod(): number {
    let x = 0;
    for (let i = 0; i < this.options.rounds; i++) x += spend<number>(1);
    return x;
  }
}

interface Unused {
  readonly a: Step;
}

export const spinArrow = (rounds: number): number => {
  let x = 0;
  for (let i = 0; i < rounds; i++) x += spend(1);
  return x;
};

export function callDeclared(steps: readonly Step[], unused?: Unused): number {
  let x = unused === undefined ? 0 : 1;
  for (const step of steps) x += step(1);
  return x + spend(60);
}

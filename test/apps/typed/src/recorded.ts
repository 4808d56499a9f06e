/** Does what the servers do, once, and prints V8's own profile of it. */
import { type Profiler, Session } from "node:inspector";
import { RenderPage } from "./page.tsx";
import { callDeclared, spinArrow, Worker } from "./work.ts";

interface Stopped {
  readonly profile: Profiler.Profile;
}

const session: Session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: 500 });
session.post("Profiler.start");
new Worker({ rounds: 40 }).burnMethod();
spinArrow(40);
callDeclared([(x: number): number => x + spinArrow(20)]);
RenderPage({ milliseconds: 40 });
session.post(
  "Profiler.stop",
  (_error: Error | null, { profile }: Stopped) => console.log(JSON.stringify(profile)),
);

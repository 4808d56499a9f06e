/** A headless Firefox, led by WebDriver BiDi, which it speaks itself. https://w3c.github.io/webdriver-bidi/ */
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Milliseconds. */
const LONGEST_STEP = 60_000;

/** The program to start; undefined if there is none. */
export function firefox(): string | undefined {
  return ["firefox-esr", "firefox"].find((name) => {
    try {
      return execFileSync(name, ["--version"], { stdio: ["ignore", "pipe", "ignore"] }).length > 0;
    } catch {
      return false;
    }
  });
}

/** A page in Firefox. */
export interface FirefoxPage {
  goTo(url: string): Promise<void>;
  /** What a JavaScript expression gives: a text. */
  textOf(expression: string): Promise<string>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** What the page has reported as an error since it was opened: exceptions, violations of its policy. */
  readonly faults: readonly string[];
}

/** Opens a page, gives it away, and ends Firefox. */
export async function inFirefox(name: string, use: (page: FirefoxPage) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "profsrv-firefox-"));
  const child = spawn(
    name,
    ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, HOME: profile },
    },
  );
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    let said = "";
    const address = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const found = /listening on (ws:\/\/\S+)/.exec(said);
        if (found !== null) resolve(found[1]!);
      });
      child.once("error", reject);
      child.once("close", () => reject(new Error(`Firefox has ended: ${said}`)));
    });
    const faults: string[] = [];
    const call = await connect(`${address}/session`, faults);
    await call("session.new", { capabilities: {} });
    await call("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts: [{ context }] } = await call("browsingContext.getTree", {});
    const evaluate = async (expression: string): Promise<string> => {
      const params = { expression, target: { context }, awaitPromise: true };
      const { result, exceptionDetails } = await call("script.evaluate", params);
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
      return String(result.value);
    };
    await use({
      faults,
      textOf: evaluate,
      goTo: (url) => call("browsingContext.navigate", { context, url, wait: "complete" }),
      async until(expression) {
        for (
          const end = performance.now() + LONGEST_STEP;
          await evaluate(`Boolean(${expression})`) !== "true";
        ) {
          if (performance.now() > end) throw new Error(`It never was so: ${expression}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    });
  } finally {
    child.kill("SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

// deno-lint-ignore no-explicit-any
type Call = (method: string, params: object) => Promise<any>;

async function connect(address: string, faults: string[]): Promise<Call> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  socket.onmessage = ({ data }) => {
    const { id, type, result, message, params } = JSON.parse(data);
    if (type === "event" && params.level === "error") faults.push(params.text);
    if (type === "success") open.get(id)?.resolve(result);
    if (type === "error") open.get(id)?.reject(new Error(message));
    open.delete(id);
  };
  let last = 0;
  return (method, params) => {
    const id = ++last;
    const answer = Promise.withResolvers<unknown>();
    open.set(id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  };
}

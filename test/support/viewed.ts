/// <reference lib="dom" />
/** Runs of test/apps/viewed.cjs, the viewer's server, and a browser that watches for what a page must never do. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { get } from "node:http";
import { delimiter, join } from "node:path";
import process from "node:process";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { appPath, ask, forms, Started } from "./profiled.ts";

/** Milliseconds. */
const LONGEST_STEP = 60_000;

/** A run that goes on, or has ended, in a directory of its own. */
export class ShopRun {
  readonly directory: string;
  readonly #started: Started;
  #port = 0;

  /** `env` is of the server; `options` of profsrv; `app` is a file of test/apps. */
  constructor(directory: string, node: string, { env = {}, options = [], app = "viewed.cjs" }: {
    readonly env?: Record<string, string>;
    readonly options?: readonly string[];
    readonly app?: string;
  } = {}) {
    this.directory = directory;
    const own = ["--prof-path", directory, "--quiet", ...options, "--"];
    this.#started = new Started([...forms.executable, ...own, node, appPath(app)], { env });
  }

  /** Sends a request and waits for its answer. */
  async ask(path: string): Promise<void> {
    await ask(await this.#portNumber(), path);
  }

  async #portNumber(): Promise<number> {
    return this.#port ||= Number((await this.#started.printed(/port (\d+)/))[1]);
  }

  /** Opens an event stream; gives what ends it. */
  async listen(): Promise<() => void> {
    const port = await this.#portNumber();
    const request = get({ host: "127.0.0.1", port, path: "/events" });
    request.on("error", () => {}); // We end it.
    await new Promise((resolve) => request.once("response", (it) => it.once("data", resolve)));
    return () => request.destroy();
  }

  /** A victim that waits while the hog keeps the event loop. */
  async askHeldUp(): Promise<void> {
    const seen = this.#started.stdout.length;
    const victim = this.ask("/victim");
    await this.#started.printed(new RegExp(`^[^]{${seen},}a victim waits`));
    await this.ask("/hog");
    await victim;
  }

  async end(): Promise<void> {
    this.#started.kill("SIGTERM");
    await this.#started.ended;
  }

  /** profsrv alone is killed; its server is then, too, for it would go on. */
  async killProfsrv(): Promise<void> {
    const server = Number((await this.#started.printed(/process (\d+)/))[1]);
    this.#started.child.kill("SIGKILL");
    process.kill(server, "SIGKILL");
    await this.#started.ended;
  }

  /** Whatever state it is in. */
  async kill(): Promise<void> {
    this.#started.child.kill("SIGKILL");
    const [, server] = /process (\d+)/.exec(this.#started.stdout) ?? [];
    if (server !== undefined) killQuietly(Number(server));
    await this.#started.ended;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** `profsrv view` of a directory. */
export async function startView(
  directory: string,
): Promise<{ readonly started: Started; readonly address: string }> {
  const started = new Started([...forms.executable, "view", directory, "--no-open"]);
  const [address] = await started.printed(/http:\/\/127\.0\.0\.1:\d+\/#secret=\S+/);
  return { started, address: address! };
}

/** A page, and everything it did that no page of ours may do. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Dialogs, errors, violations of the policy, requests that leave the machine: a sentence each. */
  readonly faults: readonly string[];
}

/** Starts the browser of that name. */
export function launchBrowser(name: string): Promise<Browser> {
  const paths = (process.env["PATH"] ?? "").split(delimiter).map((it) => join(it, name));
  return chromium.launch({
    executablePath: paths.find((it) => existsSync(it)) ?? name,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

export async function watchedPage(
  browser: Browser,
  options: { readonly colorScheme?: "light" | "dark"; readonly width?: number } = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.colorScheme ?? "light",
  });
  context.setDefaultTimeout(LONGEST_STEP);
  // Of the frames, too.
  await context.addInitScript(() =>
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      console.error(`Content Security Policy: ${violatedDirective} ${blockedURI}`);
    })
  );
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("dialog", (dialog) => {
    faults.push(`dialog "${dialog.message()}"`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(`error "${error.message}"`));
  page.on("console", (message) => {
    const isBad = message.type() === "error" || /Content Security Policy/i.test(message.text());
    // The browser says so of what the page asked for and is not there, which the page says itself.
    if (isBad && !/status of 404/.test(message.text())) faults.push(`console "${message.text()}"`);
  });
  page.on("request", (request) => {
    if (!/^(?:http:\/\/127\.0\.0\.1:|file:|blob:|data:|about:)/.test(request.url())) {
      faults.push(`request to ${request.url()}`);
    }
  });
  return { page, context, faults };
}

/** Goes to a page of the viewer by its address after `#`. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((it) => location.hash = it, hash);
}

/** The texts of the rows in sight of the list of requests. */
export function listed(page: Page): Promise<string[]> {
  return page.locator(".list .body [role=row]").allInnerTexts();
}

/** The text of speedscope's table of functions. */
export async function sandwichOf(page: Page): Promise<string> {
  const frame = page.frameLocator("iframe.flame").first();
  await frame.getByText("Sandwich").click();
  // Its cells tell a share of the time.
  await frame.getByText(/\d%/).first().waitFor();
  return frame.locator("body").innerText();
}

/** Fails with what the page did, if it did anything that it must not. */
export function assertInert({ faults }: WatchedPage): void {
  assert.deepEqual(faults, []);
}

/** Fails where something on these pages stands out of a window as wide as a telephone. */
export async function fitsTelephone(page: Page, hashes: readonly string[]): Promise<void> {
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  for (const hash of hashes) {
    await goTo(page, hash);
    await page.locator("main > *").first().waitFor();
    assert.deepEqual(await page.evaluate(standsOut), [], hash);
  }
  await page.setViewportSize(before);
}

/** In the page: what ends to the right of the window, and is in nothing smaller than the page that can be scrolled. */
function standsOut(): string[] {
  const isScrolled = (it: Element | null): boolean =>
    it !== null && it.tagName !== "MAIN" &&
    (getComputedStyle(it).overflowX !== "visible" || isScrolled(it.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && !isScrolled(it.parentElement))
    .map((it) => `${it.tagName} ${it.className}`);
}

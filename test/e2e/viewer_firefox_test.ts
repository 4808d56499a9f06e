/** The file that `profsrv view --html` writes, in Firefox, without a server. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserTest } from "../support/browser.ts";
import { firefox, inFirefox } from "../support/firefox.ts";
import { forms, Started } from "../support/profiled.ts";
import { ShopRun } from "../support/viewed.ts";
import { HOSTILE_URL } from "../support/viewer_steps.ts";

await browserTest("the file of view --html opens in Firefox", firefox, async (browser, node) => {
  const temporary = await mkdtemp(join(tmpdir(), "profsrv-test-"));
  const shop = new ShopRun(join(temporary, "run"), node.path, { env: { BUSY: "12" } });
  try {
    await shop.askHeldUp();
    await shop.ask(HOSTILE_URL);
    await shop.end();
    const file = join(temporary, "run.html");
    assert.equal(
      (await new Started([...forms.executable, "view", shop.directory, "--html", file]).ended).code,
      0,
    );
    await inFirefox(browser, async (page) => {
      await page.goTo(`file://${file}`);
      await page.until(`document.querySelectorAll(".list .body [role=row]").length === 3`);
      assert.match(
        await page.textOf(`document.querySelector("[aria-label=Culprits]").innerText`),
        /GET \/victim, .* by GET \/hog/s,
      );
      await page.textOf(`[...document.querySelectorAll(".list .body a")]
          .find((it) => it.textContent === "/hog").click()`);
      await page.until(`document.querySelector("h1")?.textContent.includes("GET /hog")`);
      await page.until(`document.querySelector("iframe.flame")?.contentDocument?.querySelector("canvas")`);
      await page.textOf(`location.hash = "#/functions"`);
      await page.until(`document.querySelector("table")?.innerText.includes("hogTheLoop")`);
      // speedscope draws by WebGL, which a machine without a screen need not have.
      assert.deepEqual(page.faults.filter((it) => !it.includes("WebGL")), []);
    });
  } finally {
    await shop.kill();
    await rm(temporary, { recursive: true, force: true });
  }
});

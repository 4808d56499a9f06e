/** Which requests the viewer's server answers. */
import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { browserCommand } from "../../src/cli/open_browser.ts";
import { knowsSecret, refusalOf } from "../../src/viewer/guard.ts";
import { userOf } from "../../src/viewer/peer_user.ts";

const table: readonly [headers: IncomingHttpHeaders, status: number | undefined, method?: string][] = [
  [{ host: "127.0.0.1:4000" }, undefined],
  [{ host: "localhost:4000" }, undefined],
  [{ host: "127.0.0.1:4000", origin: "http://127.0.0.1:4000", "sec-fetch-site": "same-origin" }, undefined],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "none" }, undefined],
  [{}, 403],
  [{ host: "127.0.0.1" }, 403],
  [{ host: "127.0.0.1:4001" }, 403],
  [{ host: "evil.example:4000" }, 403],
  [{ host: "127.0.0.1:4000.evil.example" }, 403],
  [{ host: "127.0.0.1:4000", origin: "http://evil.example" }, 403],
  [{ host: "127.0.0.1:4000", origin: "null" }, 403],
  [{ host: "127.0.0.1:4000", origin: "http://localhost:4000" }, 403],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "cross-site" }, 403],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "same-site" }, 403],
  [{ host: "127.0.0.1:4000" }, 405, "POST"],
  [{ host: "127.0.0.1:4000" }, 405, "OPTIONS"],
];

for (const [headers, status, method = "GET"] of table) {
  Deno.test(`${method} with ${JSON.stringify(headers)} is ${status === undefined ? "answered" : `refused, ${status}`}`, () => {
    assert.equal(refusalOf({ method, headers }, 4000)?.status, status);
  });
}

Deno.test("only the secret itself is the secret", () => {
  const knows = (authorization?: string) =>
    knowsSecret({ headers: authorization === undefined ? {} : { authorization } }, "s3cret");
  assert.equal(knows("Bearer s3cret"), true);
  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer s3cre",
    "Bearer s3cret0",
    "Basic s3cret",
    "s3cret",
    "Bearer s3cret x",
  ];
  for (const it of wrong) assert.equal(knows(it), false, `${it}`);
});

Deno.test("the user at the other end of a connection is that of the line with both ports", () => {
  const text =
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:0FA0 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 2 1
   2: 0100007F:C350 0100007F:0FA0 01 00000000:00000000 00:00000000 00000000  1001        0 3 1
`;
  assert.equal(userOf(text, 50000, 4000), 1001);
  assert.equal(userOf(text, 4000, 50000), 1000);
  assert.equal(userOf(text, 50001, 4000), undefined);
});

Deno.test("a browser is opened where there is one, and not over ssh, in CI or without a display", () => {
  const command = (platform: string, env: Record<string, string>) =>
    browserCommand("http://x", { platform, env })?.[0];
  assert.equal(command("linux", { DISPLAY: ":0" }), "xdg-open");
  assert.equal(command("linux", { WAYLAND_DISPLAY: "wayland-0" }), "xdg-open");
  assert.equal(command("linux", {}), undefined);
  assert.equal(command("darwin", {}), "open");
  assert.equal(command("win32", {}), "rundll32");
  for (const name of ["CI", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]) {
    assert.equal(command("darwin", { [name]: "1" }), undefined);
    assert.equal(command("linux", { DISPLAY: ":0", [name]: "1" }), undefined);
  }
});

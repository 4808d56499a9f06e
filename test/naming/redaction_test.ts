import assert from "node:assert/strict";
import { parseRedaction, STANDARD_REDACTION } from "../../src/naming/mod.ts";
import { SECRET_NAMES, secretNames } from "../../src/naming/secret_names.ts";

const { url, command, text } = STANDARD_REDACTION;

Deno.test("a name is secret when its words hold one of the list, in any case", () => {
  const isSecret = secretNames(SECRET_NAMES.split(" "));
  const secret =
    "token Token TOKEN tOkEn auth_token auth-token authToken AuthToken user[token] token[] X-Amz-Signature " +
    "X-Goog-Signature X-Amz-Security-Token access_token accessToken accesstoken ACCESSTOKEN api_key apiKey API_KEY api-key APIKey " +
    "x-apikey apikey AWSAccessKeyId subscription-key user[password] user.password password1 password_2 pwd2 passwd connect.sid " +
    "oauth_signature clientSecret client_secret session session_id sessionId PHP.session t%6Fken to%256ben user%5Bpassword%5D a+token " +
    "jwt id_token code authorization sig sid _token $token";
  for (const name of secret.split(" ")) assert.ok(isSecret(name), name);
  const harmless =
    "monkey keyboard keys author authors authority unauthorized passage passport compass codec decode encoding " +
    "barcode signal sign design assignment side inside sidebar sessions tokens tokenize secretary hotkeys q page id user name " +
    "x y pass api access refresh _ 1 %";
  for (const name of harmless.split(" ")) assert.ok(!isSecret(name), name);
  assert.ok(!isSecret(""));
});

/** A request target, and what is written of it. */
const targets: [before: string, after: string][] = [
  ["/", "/"],
  ["/plain/path.html", "/plain/path.html"],
  ["/a?page=2&q=token", "/a?page=2&q=token"],
  ["/a?token=S", "/a?token=***"],
  ["/a?token=", "/a?token=***"],
  ["/a?token", "/a?token"],
  ["/a?x=1&token=S&y=2", "/a?x=1&token=***&y=2"],
  ["/a?token=S&token=S", "/a?token=***&token=***"],
  ["/a?token=S=S&b", "/a?token=***&b"],
  ["/a?t%6Fken=S", "/a?t%6Fken=***"],
  ["/a?token%3DS", "/a?***"],
  ["/a?user%5Bpassword%5D=S&user[name]=x", "/a?user%5Bpassword%5D=***&user[name]=x"],
  ["/a?x=1;token=S;y=2", "/a?x=1;token=***"],
  ["/a?token=S;S", "/a?token=***"],
  ["/a?token=S?S", "/a?token=***"],
  ["/a?token=S#S", "/a?token=***"],
  ["/a??token=S", "/a??token=***"],
  ["/a?&&token=S", "/a?&&token=***"],
  ["/a#access_token=S&expires_in=3600", "/a#access_token=***&expires_in=3600"],
  ["/a#/route?token=S", "/a#/route?token=***"],
  ["/a?x=1#token=S", "/a?x=1#token=***"],
  ["/a;token=S/b;v=1?q=2", "/a;token=***/b;v=1?q=2"],
  ["/a;to%6Ben=S", "/a;to%6Ben=***"],
  ["/token=S/b", "/token=***/b"],
  ["/a&token=S", "/a&token=***"],
  ["/a%3Ftoken%3DS", "/***"],
  ["/a%3Ftoken=S", "/a%3Ftoken=***"],
  ["http://h/p?token=S", "http://h/p?token=***"],
  ["http://h?token=S", "http://h?token=***"],
  ["http://user:S@h/p?x=1", "http://user:***@h/p?x=1"],
  ["http://S@h/p", "http://***@h/p"],
  ["http://:S@h", "http://:***@h"],
  ["http://u:S:S@S@h/", "http://u:***@h/"],
  ["//u:S@h/p", "//u:***@h/p"],
  ["u:S@h:443", "u:***@h:443"],
  ["h:443", "h:443"],
  ["*", "*"],
  ["/@scope/pkg@1.0.0", "/@scope/pkg@1.0.0"],
  ["/a?mail=me@example.com", "/a?mail=me@example.com"],
  ["/a?next=/b?token=S", "/a?next=/b?token=***"],
  ["/a?next=https%3A%2F%2Fh%2Fb%3Ftoken%3DS&x=1", "/a?next=***&x=1"],
  ["/a?next=https%253A%252F%252Fh%252Fb%253Ftoken%253DS", "/a?next=***"],
  ["/a?db=postgres://u:S@h/x", "/a?db=***"],
  ["/a?db=postgres%3A%2F%2Fu%3AS%40h", "/a?db=***"],
  ["/a?next=https%3A%2F%2Fh%2Fb%3Fpage%3D2", "/a?next=https%3A%2F%2Fh%2Fb%3Fpage%3D2"],
  ['/a?v={"password":"S"}', '/a?v={"password":***'],
  ["/a?v=%7B%22password%22%3A%22S%22%7D", "/a?v=***"],
  ["/a?query={login(password:%22S%22)}", "/a?query={login(password:***"],
  ["/a?at=12:30:00", "/a?at=12:30:00"],
  ["/a?%", "/a?%"],
  ["/a?%E0%A4=1&token=S", "/a?%E0%A4=1&token=***"],
  ["/monkey?monkey=1&author=2&codec=3", "/monkey?monkey=1&author=2&codec=3"],
];

for (const [before, after] of targets) {
  Deno.test(`of ${before} is written ${after}`, () => {
    assert.equal(url(before), after);
    assert.equal(url(after), after, "what is hidden stays so");
    assert.ok(!/S(?=$|[^a-z])/.test(after.replaceAll(/[A-Z]-?\w+-/g, "")), "the secret is gone");
    assert.equal(parseRedaction("none").url(before), before);
  });
}

Deno.test("all hides each value, none hides nothing, and names of one's own take the place of the usual", () => {
  assert.equal(parseRedaction("all").url("/a;v=1?page=2&q&x=#f"), "/a;v=***?page=***&***&x=***");
  assert.equal(parseRedaction("all").url("/a/b.html"), "/a/b.html");
  const own = parseRedaction("ssn,creditCard");
  assert.equal(
    own.url("/?ssn=1&credit_card=2&credit-card-no=3&card=4&token=5"),
    "/?ssn=***&credit_card=***&credit-card-no=***&card=4&token=5",
  );
  assert.deepEqual(
    parseRedaction("all").command(["node", "s.js", "--port=1", "--watch", "x", "--token", "y"]),
    [
      "node",
      "s.js",
      "--port=***",
      "--watch",
      "x",
      "--token",
      "***",
    ],
  );
});

/** The words of a command, and what is written of them. */
const commands: [before: string[], after: string[]][] = [
  [["node", "server.js", "--port", "8080"], ["node", "server.js", "--port", "8080"]],
  [["node", "s.js", "--token=S"], ["node", "s.js", "--token=***"]],
  [["node", "s.js", "--token=S S"], ["node", "s.js", "--token=***"]],
  [["node", "s.js", "--password", "S", "-v"], ["node", "s.js", "--password", "***", "-v"]],
  [["node", "s.js", "--password", "-S-S"], ["node", "s.js", "--password", "***"]],
  [["node", "s.js", "--api-key", "S"], ["node", "s.js", "--api-key", "***"]],
  [["node", "s.js", "--apiKey", "--verbose"], ["node", "s.js", "--apiKey", "--verbose"]],
  [["node", "s.js", "-token", "S"], ["node", "s.js", "-token", "***"]],
  [["docker", "run", "-e", "TOKEN=S", "i"], ["docker", "run", "-e", "TOKEN=***", "i"]],
  [["docker", "run", "--env=TOKEN=S", "i"], ["docker", "run", "--env=TOKEN=***", "i"]],
  [["docker", "run", "-e", "TOKEN=S S", "i"], ["docker", "run", "-e", "TOKEN=***", "i"]],
  [["env", "API_KEY=S", "node", "s.js"], ["env", "API_KEY=***", "node", "s.js"]],
  [["sh", "-c", "API_KEY=S node s.js"], ["sh", "-c", "API_KEY=*** node s.js"]],
  [["sh", "-c", "API_KEY='S S' node s.js"], ["sh", "-c", "API_KEY=*** node s.js"]],
  [["sh", "-c", 'node s.js --token "S S" -x'], ["sh", "-c", "node s.js --token *** -x"]],
  [["sh", "-c", "a=1;TOKEN=S;exec node s"], ["sh", "-c", "a=1;TOKEN=***;exec node s"]],
  [["node", "s.js", "postgres://u:S@h/db"], ["node", "s.js", "postgres://u:***@h/db"]],
  [["node", "s.js", "--db=postgres://u:S@h/db"], ["node", "s.js", "--db=postgres://u:***@h/db"]],
  [["sh", "-c", "DB=postgres://u:S@h/db node s"], ["sh", "-c", "DB=postgres://u:***@h/db node s"]],
  [["deno", "run", "https://h/s.ts?token=S&v=1"], ["deno", "run", "https://h/s.ts?token=***&v=1"]],
  [["node", "s.js", "--header", "Authorization: Bearer S"], [
    "node",
    "s.js",
    "--header",
    "Authorization: ***",
  ]],
  [["node", "s.js", "-H", "X-Api-Key:S"], ["node", "s.js", "-H", "X-Api-Key:***"]],
  [["node", "s.js", "--cs=Server=h;Password=S;x"], ["node", "s.js", "--cs=Server=h;Password=***;x"]],
  [["node", "s.js", '{"password":"S","a":1}'], ["node", "s.js", '{"password":***,"a":1}']],
  [["node", "-e", 'const key = "S"; f(key);'], ["node", "-e", "const key = ***; f(key);"]],
  [["node", "-e", "if (key === 1) (code => 0)(2)"], ["node", "-e", "if (key === 1) (code => 0)(2)"]],
  [["npm", "run", "auth:login"], ["npm", "run", "auth:login"]],
  [["deno", "run", "-A", "npm:vite@5"], ["deno", "run", "-A", "npm:vite@5"]],
  [["token", "server.js"], ["token", "server.js"]],
  [["node", "/app/key=1/token.js"], ["node", "/app/key=***"]],
];

for (const [before, after] of commands) {
  Deno.test(`of the command ${JSON.stringify(before)} is written ${JSON.stringify(after)}`, () => {
    assert.deepEqual(command(before), after);
    assert.deepEqual(command(after), after, "what is hidden stays so");
    assert.deepEqual(parseRedaction("none").command(before), before);
  });
}

Deno.test("hostile and long texts are redacted in a time that grows with their length only", () => {
  const parts = ["=", "&", "a", "%25", "token", "[", "-", "://", "@", ":", '"', " ", ";", "--a", "\\"];
  for (const part of parts) {
    const long = part.repeat(100_000 / part.length);
    const began = performance.now();
    url("/?" + long);
    url(long);
    text(long);
    command(["x", long]);
    assert.ok(performance.now() - began < 2000, part);
  }
});

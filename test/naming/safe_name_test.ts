import assert from "node:assert/strict";
import posix from "node:path/posix";
import win32 from "node:path/win32";
import { fieldsOf, formatTemplate, MAX_NAME, parseTemplate, safeName } from "../../src/naming/mod.ts";
import { seededRandom, testRandomly } from "../support/random.ts";
import { diceOf } from "./dice.ts";
import { hostileUrl } from "./hostile_urls.ts";
import { requestTo } from "./requests.ts";

Deno.test("what some system refuses is replaced", () => {
  const rows: readonly [segment: string, name: string][] = [
    ["root.000012ms.1700000000", "root.000012ms.1700000000"],
    ["", "_"],
    [".", "_"],
    ["..", "__"],
    [".bashrc", "_bashrc"],
    ["...a", "___a"],
    ["a.", "a_"],
    ["a. .", "a___"],
    [" a", " a"],
    ["a b", "a b"],
    [`a<b>c:d"e/f\\g|h?i*j`, "a_b_c_d_e_f_g_h_i_j"],
    ["a\0b\x1fc\x7fd\x85e\n", "a_b_c_d_e_"],
    ["\u202egpj.exe", "_gpj.exe"],
    ["a\u200bb\u200fc\u2066d\ufeffe\u00adf\u3164g\u{e0041}h", "a_b_c_d_e_f_g_h"],
    ["a\u00a0b\u2028c\u3000d", "a_b_c_d"],
    ["\ud800a\udc00", "_a_"],
    ["e\u0301", "é"],
    ["\u212b", "Å"],
    ["😀", "😀"],
    ["CON", "_CON"],
    ["con.000012ms", "_con.000012ms"],
    ["Aux .x", "_Aux .x"],
    ["nul", "_nul"],
    ["prn", "_prn"],
    ["com1", "_com1"],
    ["LPT0", "_LPT0"],
    ["COM¹.a", "_COM¹.a"],
    ["lpt³", "_lpt³"],
    ["CONIN$", "_CONIN$"],
    ["console", "console"],
    ["com10", "com10"],
    ["nul-", "nul-"],
  ];
  for (const [segment, name] of rows) {
    assert.equal(safeName([segment], ".x").candidate(1), `${name}.x`, JSON.stringify(segment));
    assert.deepEqual(safeName([segment, "f"], ".x").directories, [name], JSON.stringify(segment));
  }
});

Deno.test("no segments, or empty ones, still make a name", () => {
  assert.deepEqual(safeName([], ".x").directories, []);
  assert.equal(safeName([], ".x").candidate(1), "_.x");
  assert.deepEqual(safeName(["", "", ""], ".x").directories, ["_", "_"]);
});

Deno.test("a further candidate has its number before the extension", () => {
  const { candidate } = safeName(["a"], ".pb.gz");
  assert.deepEqual([1, 2, 3, 10].map(candidate), ["a.pb.gz", "a-2.pb.gz", "a-3.pb.gz", "a-10.pb.gz"]);
});

Deno.test("a name is cut to 200 bytes between two characters, its number and extension kept", () => {
  const rows: readonly [text: string, kept: number][] = [
    ["a".repeat(300), 198],
    ["é".repeat(300), 99],
    ["€".repeat(300), 66],
    ["😀".repeat(300), 49],
    // A flag is two code points, a letter with accents three: never a part of one.
    ["🇪🇺".repeat(300), 24],
    ["q\u0301\u0302".repeat(300), 39],
    // More accents than fit have no such border.
    ["a" + "\u0301".repeat(300), 99],
  ];
  for (const [text, kept] of rows) {
    const unit = [...new Intl.Segmenter("en").segment(text)].map(({ segment }) => segment);
    const name = safeName([text], ".x").candidate(1);
    assert.ok(bytesOf(name) <= MAX_NAME, text);
    const stem = name.slice(0, -2);
    const expected = unit.length > 1
      ? unit.slice(0, kept).join("")
      : [...text.normalize("NFC")].slice(0, kept).join("");
    assert.equal(stem, expected, `${[...stem].length} characters`);
  }
  assert.equal(
    safeName(["a".repeat(300)], ".cpuprofile").candidate(100),
    "a".repeat(185) + "-100.cpuprofile",
  );
  assert.equal(safeName(["a".repeat(197) + ". . ."], ".x").candidate(1), "a".repeat(197) + "_.x");
  assert.equal(safeName(["a".repeat(300), "b"], ".x").directories[0], "a".repeat(200));
});

Deno.test("candidates differ from each other, long names too", () => {
  for (const stem of ["a", "a".repeat(500), "é".repeat(500), "."]) {
    const { candidate } = safeName([stem], ".speedscope.json");
    assert.equal(new Set(Array.from({ length: 2000 }, (_, at) => candidate(at + 1))).size, 2000);
  }
});

const TEMPLATES = [
  "{path}.{duration:06d}ms.{time}",
  "{path}",
  "{method}/{path}",
  "{host}/{route}/{query}",
  "{query}{path!r}",
  "{date:%Y/%m-%d}/{path:.>300}",
  "{id}",
].map(parseTemplate);
const EXTENSIONS = [".cpuprofile", ".callgrind", ".pb.gz", ".speedscope.json", ".folded"];

testRandomly(
  "1,000 hostile URLs at a time give names that three systems take, within the directory",
  50,
  (random) => {
    const dice = diceOf(random);
    for (let count = 0; count < 1000; count++) {
      const url = hostileUrl(dice);
      const fields = fieldsOf(
        requestTo(url, {
          host: hostileUrl(dice),
          method: dice.pick(["GET", "PROPFIND", hostileUrl(dice)]),
          route: hostileUrl(dice),
          id: hostileUrl(dice),
        }),
      );
      const segments = formatTemplate(dice.pick(TEMPLATES), fields);
      const { directories, candidate } = safeName(segments, dice.pick(EXTENSIONS));
      const names = [...directories, candidate(dice.pick([1, 2, 37, 12_345]))];
      assert.equal(names.length, segments.length);
      for (const name of names) assert.equal(flawOf(name), undefined, JSON.stringify({ url, name }));
      const posixPath = posix.join("/run", ...names);
      assert.equal(posixPath, `/run/${names.join("/")}`);
      const windowsPath = win32.resolve("C:\\run", ...names);
      assert.equal(windowsPath, `C:\\run\\${names.join("\\")}`);
    }
  },
);

Deno.test("this system takes 2,000 such names as they are", () => {
  const dice = diceOf(seededRandom(1));
  const directory = Deno.makeTempDirSync({ prefix: "profsrv-test-" });
  try {
    const names = new Set<string>();
    for (let count = 0; count < 2000; count++) {
      const fields = fieldsOf(requestTo(hostileUrl(dice)));
      names.add(safeName(formatTemplate(parseTemplate("{path}"), fields), ".folded").candidate(1));
    }
    const folded = new Map([...names].map((name) => [name.toLowerCase(), name]));
    for (const name of folded.values()) {
      Deno.writeTextFileSync(`${directory}/${name}`, "", { createNew: true });
    }
    const found = Array.from(Deno.readDirSync(directory), ({ name }) => name);
    assert.deepEqual(found.sort(), [...folded.values()].sort());
    assert.ok(found.length > 1000);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** What is wrong with a name, judged character by character and by no rule of the code that made it. */
function flawOf(name: string): string | undefined {
  if (name === "") return "empty";
  if (bytesOf(name) > 200) return "too long";
  if (name.normalize("NFC") !== name) return "macOS and Linux may differ on it";
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 32 || (code >= 127 && code < 160)) return "control character";
    if ('<>:"/\\|?*'.includes(char)) return `"${char}"`;
    if (code >= 0xd800 && code <= 0xdfff) return "half a surrogate pair";
    const unseen = [[0xad, 0xad], [0x61c, 0x61c], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [
      0xfeff,
      0xfeff,
    ]];
    if (unseen.some(([from = 0, to = 0]) => code >= from && code <= to)) {
      return `unseen U+${code.toString(16)}`;
    }
    if ((code & 0xfffe) === 0xfffe) return "no character";
  }
  if (name.startsWith(".")) return "hidden";
  if (name.endsWith(".") || name.endsWith(" ")) return "Windows drops its end";
  const device = (name.split(".")[0] ?? "").trimEnd().toUpperCase();
  if (["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].includes(device)) return "a device";
  if (/^(COM|LPT).$/.test(device) && "0123456789¹²³".includes(device.slice(3))) return "a port";
  return undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

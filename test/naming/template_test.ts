import assert from "node:assert/strict";
import { fieldsOf, formatTemplate, parseTemplate, TemplateError } from "../../src/naming/mod.ts";
import { requestTo } from "./requests.ts";

const DEFAULT = "{path}.{duration:06d}ms.{time}";
const START = Math.floor(new Date(2025, 0, 9, 8, 7, 6).getTime() / 1000);

Deno.test("the default template names path, whole milliseconds and the second of the start", () => {
  assert.equal(nameOf(DEFAULT, "/polls/3/vote/"), `polls.3.vote.000012ms.${START}`);
});

Deno.test("every field has the type that its formats need", () => {
  const rows: readonly [template: string, name: string][] = [
    ["{path:>8}", "   a.b.c"],
    ["{duration:d}", "12"],
    ["{duration:.2f}", "12.00"],
    ["{time:d}", `${START}`],
    ["{method!r}", "'GET'"],
    ["{host}", "localhost:8000"],
    ["{status:x}", "c8"],
    ["{route}", "/users/:id"],
    ["{query}", "q=1&r=/x"],
    ["{id:_<5}", "4k2__"],
    ["{pid:,}", "4,321"],
    ["{seq:03}", "007"],
    ["{cpu}", "1.5"],
    ["{wall:.1f}", "13.0"],
    ["{wall}", "12.999"],
    ["{date}", "2025-01-09 08:07:06.054000"],
    ["{date:%a %-d %b %y, %H:%M:%S.%f}", "Thu 9 Jan 25, 08:07:06.054000"],
    ["{date.year}-{date.month:02d}", "2025-01"],
    ["{path[0]}", "a"],
    ["{{{method}}}", "{GET}"],
    ["{duration:{pid}d}".replace("pid", "seq"), "     12"],
  ];
  for (const [template, name] of rows) assert.equal(nameOf(template, "/a/b/c/?q=1&r=/x"), name, template);
});

Deno.test("a path loses query, outer slashes and percent escapes; nothing left is root", () => {
  const rows: readonly [url: string, path: string][] = [
    ["/", "root"],
    ["", "root"],
    ["//", "root"],
    ["/?a=/b", "root"],
    ["/a//b/", "a..b"],
    ["/caf%C3%A9/%E2%82%AC", "café.€"],
    ["/%2e%2e%2fetc", "...etc"],
    ["/%ff%41%7e", "%ffA~"],
    ["/100%", "100%"],
    ["*", "*"],
    ["http://example.org:80/a/b?c", "a.b"],
    ["http://example.org", "root"],
    ["example.org:443", "example.org:443"],
  ];
  for (const [url, path] of rows) assert.equal(fieldsOf(requestTo(url)).path, path, url);
});

Deno.test("only a slash in the template makes a directory", () => {
  const rows: readonly [template: string, segments: readonly string[]][] = [
    ["{method}/{path}", ["GET", "a.b"]],
    ["{route}", ["/users/:id"]],
    ["{query}/x", ["/etc/passwd", "x"]],
    ["{date:%Y/%m}/{path}", ["2025", "01", "a.b"]],
    ["{date:%D}", ["01/09/25"]],
    ["{path:/>6}", ["///a.b"]],
    ["{date:%Y{route}}", ["2025/users/:id"]],
    ["{{/}}", ["{", "}"]],
  ];
  for (const [template, segments] of rows) {
    const fields = fieldsOf(requestTo("/a/b?/etc/passwd"));
    assert.deepEqual(formatTemplate(parseTemplate(template), fields), segments, template);
  }
});

Deno.test("a bad template is refused with its text, the reason and the position", () => {
  const fields = "path, duration, time, method, host, status, route, query, id, pid, seq, cpu, wall, date";
  const rows: readonly [template: string, reason: string][] = [
    ["{pth}", `unknown field "pth" at position 1; fields are ${fields}`],
    ["é😀{path}-{__proto__}", `unknown field "__proto__" at position 10; fields are ${fields}`],
    ["{}", `field "{}" has no name at position 1; there are no positional fields`],
    ["x{0}", `field "{0}" has no name at position 2; there are no positional fields`],
    ["{path", `no "}" for the field at position 6`],
    ["ab}", `single "}" at position 3; write "}}" for the character itself`],
    ["ab{", `single "{" at position 3; write "{{" for the character itself`],
    ["{path!x}", `unknown conversion "x" at position 7; conversions are r, s, a`],
    ["{path:d}", `unknown type "d" for a str at position 1`],
    ["-{duration:.2d}", `precision does not go with an int in ".2d" at position 2`],
    ["{cpu:,_f}", `two thousands separators in ",_f" at position 1`],
    ["{path:{nope}}", `unknown field "nope" at position 7; fields are ${fields}`],
    ["{path:{pid:{seq}}}", `fields nested too deep at position 7`],
    ["{query[0]}", `field "query" may have no character "[0]" at position 1`],
    ["{duration:c}", `86400000 is no character for type "c" at position 1`],
    ["{path:99999999}", `width or precision over 4194304 in "99999999" at position 1`],
    ["{path.upper}", `field "path" has no ".upper" at position 1`],
    ["", `"" is no file name at position 1; names stay below --prof-path`],
    ["/tmp/{path}", `"" is no directory name at position 1; names stay below --prof-path`],
    ["a/../{path}", `".." is no directory name at position 3; names stay below --prof-path`],
    ["a//{path}", `"" is no directory name at position 3; names stay below --prof-path`],
    ["{path}/", `"" is no file name at position 8; names stay below --prof-path`],
  ];
  for (const [template, reason] of rows) {
    assert.throws(
      () => parseTemplate(template),
      (error) => {
        assert.ok(error instanceof TemplateError, template);
        assert.equal(error.message, `--prof-file "${template}": ${reason}`);
        return true;
      },
    );
  }
});

Deno.test("a value that its field cannot take is written plainly, and nothing is thrown", () => {
  const template = parseTemplate("{duration:c}|{duration:{pid}d}".replace("{duration:c}", "{status:c}"));
  const fields = { ...fieldsOf(requestTo("/")), status: -1n, pid: 10n ** 30n };
  assert.deepEqual(formatTemplate(template, fields), ["-1|12"]);
});

function nameOf(template: string, url: string): string {
  const segments = formatTemplate(parseTemplate(template), fieldsOf(requestTo(url)));
  assert.equal(segments.length, 1, template);
  return segments[0] ?? "";
}

/** V8's coverage and its profiles place functions differently: one is found from the other. V8 itself says what is right. */
import assert from "node:assert/strict";
import inspector from "node:inspector/promises";
import { ScriptText } from "../../src/sources/called_function.ts";

const TEXT = `// ä line before
var all = [];
function plain(a) { return a }
function /* odd ( */ commented (a) { return a }
async function waits() { }
function* makes() { yield 1 }
async function* makesLater() { yield 1 }
const arrow = (a) => a, bare = a => a, later = async (a) => a, laterBare = async a => a;
const expression = function (a) { return a }, named = function inner(a) { return a };
const object = {
  method(a) { return a }, async later(a) { return a }, *many() { }, async *manyLater() { },
  get value() { return 1 }, set value(a) { }, "quoted name"(a) { }, ["comp" + "uted"](a) { },
  async() { }, get() { }, set() { }, static() { }, plain: function () { }, 12() { },
  over:
    (a) => a,
};
class Made { field = 1; constructor(a) { this.a = a } method() { } static make() { } #hidden() { } show() { this.#hidden(); return () => this.#hidden } static async later() { } }
class Bare { }
class Extended extends (class Base { constructor() { } }) { constructor() { super() } }
`;
const USE = `
all = [plain, commented, waits, makes, makesLater, arrow, bare, later, laterBare, expression, named, object.method,
  object.later, object.many, object.manyLater, Object.getOwnPropertyDescriptor(object, "value").get,
  Object.getOwnPropertyDescriptor(object, "value").set, object["quoted name"], object.computed, object.async, object.get,
  object.set, object.static, object.plain, object[12], object.over, Made, Made.prototype.method, Made.make, Made.later, Made.prototype.show,
  Extended];
for (const it of all) { try { it(); } catch { try { new it(); } catch { } } }
[...object.many()]; new Made(); new Extended();
globalThis.profsrvTested = all;
`;
/** They are async or generators. */
const RESUMED = ["later", "later", "later", "laterBare", "makes", "makesLater", "many", "manyLater", "waits"];

Deno.test("the place of each kind of function is V8's own", async () => {
  const session = new inspector.Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    // deno-lint-ignore no-eval
    (0, eval)(`${TEXT}${USE}//# sourceURL=file:///called_function.js`);
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const script = result.find(({ url }) => url === "file:///called_function.js")!;
    const text = new ScriptText(TEXT + USE);
    const functions = script.functions.filter((it) => it.ranges[0]!.count > 0);
    const found = functions.map(({ functionName, ranges: [range] }) =>
      text.functionAt(script.url, functionName, range!.startOffset)
    );
    assert.deepEqual(functions.filter((_, i) => found[i] === undefined).map((it) => it.functionName), []);
    assert.deepEqual(found.filter((it) => it!.isResumed).map((it) => it!.frame.name).sort(), RESUMED);
    const places = new Set(found.map((it) => `${it!.frame.name}:${it!.frame.line}:${it!.frame.column}`));
    // deno-lint-ignore no-explicit-any
    const all = (globalThis as any).profsrvTested as { name: string }[];
    const missed: string[] = [];
    for (let i = 0; i < all.length; i++) {
      const { result: object } = await session.post("Runtime.evaluate", {
        expression: `profsrvTested[${i}]`,
      });
      const { internalProperties = [] } = await session.post("Runtime.getProperties", {
        objectId: object.objectId!,
        ownProperties: true,
      });
      // deno-lint-ignore no-explicit-any
      const location = internalProperties.find((it) => it.name === "[[FunctionLocation]]")?.value as any;
      const { lineNumber, columnNumber } = location.value;
      const name = all[i]!.name;
      const isKnown = [...places].some((it) => it.endsWith(`:${lineNumber}:${columnNumber}`));
      if (!isKnown) missed.push(`${name}:${lineNumber}:${columnNumber}`);
    }
    assert.deepEqual(missed, [], JSON.stringify([...places]));
  } finally {
    session.disconnect();
    // deno-lint-ignore no-explicit-any
    delete (globalThis as any).profsrvTested;
  }
});

import assert from "node:assert/strict";
import { declaredName } from "../../src/sources/declared_name.ts";
import { linesOf } from "../../src/sources/lines.ts";

const cases: readonly [source: string, name: string | undefined][] = [
  ["▮function a(b) {", "a"],
  ["export ▮function a(b) {", "a"],
  ["▮export default async function a(b) {", "a"],
  ["export ▮async function a<T>(b: T): Promise<T> {", "a"],
  ["export async function ▮a(b) {", "a"],
  ["export async function a▮(b) {", "a"],
  ["function* ▮a(b) {", "a"],
  ["function* a▮<T>(b) {", "a"],
  ["function ▮a({ b }: {\n  b: number;\n}): number {", "a"],
  ["▮class a extends b {", "a"],
  ["export ▮class a {", "a"],
  ["export ▮abstract class a {", "a"],
  ["  ▮a(b) { return 1; }", "a"],
  ["  ▮async a(b: (c) => d): Promise<void> {", "a"],
  ["  ▮#a(b) {", "#a"],
  ["  a▮(b) {", "a"],
  ["  #a▮(b) {", "#a"],
  ["  get ▮a() {", "a"],
  ["  ▮static async a() {", "a"],
  ["const ▮a = (b) => c;", "a"],
  ["const ▮a = async (b: number): Promise<void> => c;", "a"],
  ["const ▮a: Handler<(b) => c> = function (b) {", "a"],
  ["const ▮a = b => c;", "a"],
  ["  ▮a: function (b) {", "a"],
  ["  ▮a: async (b) => c,", "a"],
  ["const ▮größe = (b) => c;", "größe"],
  ["▮export default function (a) {", "default"],
  ["export ▮default function (a) {", "default"],
  ["export default ▮function (a) {", "default"],
  ["export default function ▮(a) {", "default"],
  ["export default async function* ▮<T>(a: T) {", "default"],
  ["export default ▮class extends a {", "default"],
  ["export default ▮async (a) => b;", "default"],
  ["export ▮default function a(b) {", "a"],
  ["export default function ▮a(b) {", "a"],
  ["export default ▮a(b);", undefined],
  ["export default a(▮(b) => c);", undefined],
  // What is called, compared, chosen or read is no function of that name.
  ["list.▮map((b) => c);", undefined],
  ["list.map▮((b) => c);", undefined],
  ["list.map(▮(b) => c);", undefined],
  ["▮map(b)\n{", "map"],
  ["const a = (▮rounds: number): number => 1;", undefined],
  ["const a = (▮step: (x: number) => number) => 1;", undefined],
  ["const a = (b, ▮c: number = 1): number => 1;", undefined],
  ["if▮ (b) {", undefined],
  ["▮if (b) {", undefined],
  ["for ▮(const b of c) {", undefined],
  ["const ▮a = b(c);", undefined],
  ["const ▮a = (b + c) * d;", undefined],
  ["▮a === (b) ", undefined],
  ["return ▮a ? b : c;", undefined],
  ["▮a.b(c);", undefined],
  ["ab▮cd(b) {", undefined],
  ["▮function (b) {", undefined],
  ["▮(b) => c", undefined],
  ["▮async (b) => c", undefined],
  ["▮", undefined],
  ["▮a(" + "b".repeat(100_000), undefined],
];
for (const [source, name] of cases) {
  Deno.test(`the head ${JSON.stringify(source.slice(0, 60))} is of ${name ?? "no name"}`, () => {
    const before = source.slice(0, source.indexOf("▮")).split("\n");
    const at = { line: before.length - 1, column: before.at(-1)!.length };
    assert.equal(declaredName(linesOf(source.replace("▮", "")), at), name);
  });
}

Deno.test("a place beyond the source has no name", () => {
  assert.equal(declaredName(linesOf("a"), { line: 5, column: 3 }), undefined);
});

import assert from "node:assert/strict";
import { ProcessRecord } from "../../src/collector/process.ts";
import { ProcessSources, Sources } from "../../src/sources/mod.ts";
import { checkRequestProfile } from "../../src/profile/check.ts";
import type { RequestInfo, RequestProfile } from "../../src/profile/request.ts";
import type { AgentMessage, RequestsMessage, WindowMessage } from "../../src/protocol/messages.ts";
import { RequestRows } from "../../src/protocol/request_rows.ts";
import { NO_COST } from "../../src/protocol/messages.ts";
import { requestInfo, toFolded, v8FromFolded } from "../support/folded.ts";

const hello: AgentMessage = { kind: "hello", v: 1, pid: 12, tid: 3, runtime: "node 24.1.0", argv: [] };

function processRecord(): ProcessRecord {
  const sources = new Sources({ denoDirectory: undefined, onDebug: assert.fail });
  return new ProcessRecord("ab", [], new ProcessSources(sources));
}

/** A window of samples 1 ms apart, `a;b` each, and their owners. */
function window(startTime: number, stacks: readonly string[], owners: readonly number[]): WindowMessage {
  const text = stacks.map((stack) => `${stack} 1000`).join("\n");
  const profile = v8FromFolded(text, startTime, startTime + stacks.length * 1000 + 500);
  return {
    kind: "window",
    profile,
    owners: owners.flatMap((seq) => [1, seq]),
    stretches: [],
    isQuiet: false,
  };
}

function requests(...infos: readonly RequestInfo[]): RequestsMessage {
  const rows = new RequestRows({ maxRows: 10, maxText: 1000 });
  for (const info of infos) assert.ok(rows.add(info, info));
  return { kind: "requests", epochOffset: 0, ...rows.take(0) };
}

function receive(record: ProcessRecord, messages: readonly AgentMessage[]): RequestProfile[] {
  return messages.flatMap((message) => [...record.receive(message)]).flatMap((it) => "kind" in it ? [] : it);
}

const goodbye: AgentMessage = { kind: "bye", ...NO_COST };

Deno.test("a request's profile holds its samples of all windows, and nobody else's", () => {
  const record = processRecord();
  const [first, second] = receive(record, [
    hello,
    window(10_000, ["mine", "other", "mine", "(idle)"], [1, 2, 1, 0]),
    requests(
      requestInfo({
        seq: 1,
        url: "/users/42?x=1",
        startAt: 10_500,
        duration: 6_000,
        cpu: 3_000,
        blocked: 1_000,
      }),
      requestInfo({ seq: 2, startAt: 11_000, duration: 2_000, cpu: 900 }),
    ),
    window(14_500, ["mine", "nobody"], [1, 0]),
  ]);
  assert.deepEqual([first!.id, first!.route, first!.process.pid, first!.process.tid], [
    "ab-1",
    "/users/:id",
    12,
    3,
  ]);
  assert.equal(first!.sampleCount, 3);
  assert.ok(!toFolded(first!.profile).includes("other"));
  assert.equal(second!.sampleCount, 1);
  for (const it of [first!, second!]) assert.deepEqual(checkRequestProfile(it), []);
  assert.deepEqual(record.samples, { attributed: 4, unattributed: 1, idle: 1 });
});

Deno.test("a request of an hour of windows keeps its samples, without keeping the windows", () => {
  const record = processRecord();
  const messages: AgentMessage[] = [hello];
  for (let i = 0; i < 3600; i++) messages.push(window(i * 2500, ["work", `work;step${i % 5}`], [1, 1]));
  const request = requestInfo({ seq: 1, startAt: 0, duration: 9_000_000, cpu: 8_990_000 });
  const [it] = receive(record, [...messages, requests(request), goodbye]);
  assert.equal(it!.sampleCount, 7200);
  assert.deepEqual(checkRequestProfile(it!), []);
  assert.equal(it!.profile.frames.length, 6, "work and five steps");
});

Deno.test("a request without a sample is all unsampled", () => {
  const record = processRecord();
  const request = requestInfo({ seq: 9, startAt: 100, duration: 50, cpu: 20 });
  const [it] = receive(record, [hello, requests(request), goodbye]);
  assert.deepEqual([it!.sampleCount, toFolded(it!.profile)], [0, "(unsampled) 20\n- 30"]);
});

Deno.test("who held a request up is named, what goes on after an answer is added up, and work of nobody is a profile", () => {
  const record = processRecord();
  const times = { startAt: 11_000, duration: 9_000, cpu: 1_000, blocked: 6_500 };
  const [victim] = receive(record, [
    hello,
    requests(
      requestInfo({ seq: 1, url: "/victim", ...times }),
      requestInfo({ seq: 2, method: "POST", url: "/hog", startAt: 10_000, duration: 4_000, cpu: 4_000 }),
    ),
    {
      ...window(10_000, ["hog", "hog", "later", "later", "cron"], [2, 2, 0, 0, 0]),
      stretches: [2, 10_000, 4_000, -2, 15_000, 2_000, 0, 17_000, 1_000, 9, 18_000, 1_000],
    },
  ]);
  assert.deepEqual(victim!.holds?.map(({ id, name, startAt, time }) => `${id} ${name} ${startAt}+${time}`), [
    "ab-2 POST /hog 11000+3000",
    "(outside requests) work outside requests 15000+2000",
    "(outside requests) work outside requests 17000+1000",
    // No more than the law of time leaves.
    "ab-9 ab-9 18000+500",
  ]);
  assert.deepEqual([...record.after], [["POST /hog", 2_000]]);
  const outside = record.outside()!;
  assert.deepEqual(checkRequestProfile(outside), []);
  assert.deepEqual([outside.id, outside.request.url, outside.sampleCount], ["ab-0", "(unattributed)", 3]);
  assert.ok(toFolded(outside.profile).includes("cron") && !toFolded(outside.profile).includes("hog"));
});

Deno.test("a window without a request counts for the profile of nobody's work alone", () => {
  const record = processRecord();
  receive(record, [hello, { ...window(0, ["cron"], [0]), isQuiet: true }]);
  assert.deepEqual(record.samples, { attributed: 0, unattributed: 0, idle: 0 });
  assert.equal(record.outside(), undefined, "it has served nobody yet");
  receive(record, [requests(requestInfo({ seq: 1, startAt: 5_000, duration: 10, cpu: 1 })), goodbye]);
  assert.equal(record.outside()!.sampleCount, 1);
});

/** A window that does not say when it began. */
function unplaced(owner: number): WindowMessage {
  const it = window(0, ["a"], [owner]);
  return { ...it, profile: { ...it.profile, startTime: NaN } };
}

Deno.test("a window that cannot be read is refused, and the next one is taken", () => {
  const record = processRecord();
  assert.throws(() => receive(record, [hello, unplaced(1)]), /Cannot read V8 profile/);
  const request = requestInfo({ seq: 1, startAt: 5_000, duration: 2_000, cpu: 1_000 });
  const [it] = receive(record, [requests(request), window(5_000, ["a"], [1])]);
  assert.equal(it!.sampleCount, 1);
});

Deno.test("what contradicts itself in a window is counted, and costs nothing else", () => {
  const record = processRecord();
  const { profile, ...rest } = window(5_000, ["a", "b"], [1, 1]);
  const nodes = profile.nodes.map((it) => ({ ...it, callFrame: { ...it.callFrame, columnNumber: -11 } }));
  const request = requestInfo({ seq: 1, startAt: 5_000, duration: 3_000, cpu: 2_000 });
  const [it] = receive(record, [hello, requests(request), { ...rest, profile: { ...profile, nodes } }]);
  assert.equal(it!.sampleCount, 2);
  assert.equal(record.mended, nodes.length - 1, "the root is no frame");
});

Deno.test("a request waits for the window it ended in, or for the word that there is none", () => {
  const record = processRecord();
  const ended = (seq: number) => requests(requestInfo({ seq, startAt: 100, duration: 50, cpu: 20 }));
  const seqs = (messages: readonly AgentMessage[]) =>
    receive(record, messages).map(({ request }) => request.seq);
  assert.deepEqual(seqs([hello, ended(1), ended(2)]), []);
  assert.deepEqual(seqs([window(0, ["a"], [1])]), [1, 2]);
  const trouble = { text: "", droppedWindows: 1, droppedRequests: 0, droppedSwitches: 0 };
  assert.deepEqual(seqs([ended(3), { kind: "trouble", ...trouble }]), [3]);
  assert.deepEqual(seqs([ended(4), goodbye]), [4]);
  assert.deepEqual(seqs([ended(5)]), []);
  assert.deepEqual(
    [...record.finish()].flat().map(({ request }) => request.seq),
    [5],
    "its process was killed",
  );
  assert.deepEqual([...record.finish()], []);
  assert.throws(() => seqs([ended(6), unplaced(6)]), /Cannot read V8 profile/);
  assert.deepEqual(seqs([goodbye]), [], "those of a damaged window came with it");
});

/** A session's story: causal order, each line once, and none of a session that never was. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RecordInput } from "../../../src/log/record.ts";
import { SessionStory } from "../../../src/relay/session-story.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request: RecordInput = { kind: "request", dir: "c2s", bytes: 1, "mcp.method.name": "initialize" };
const answer: RecordInput = { kind: "response", dir: "s2c", bytes: 1, duration_ms: 1 };
const identity = {
  transport: "http",
  generation: 1,
  sessionId: "id-1",
  client: { name: "c", version: "1" },
} as const;
const roots = (uri: string) => ({ event: "rootsChanged", roots: [{ uri }] }) as const;

function told() {
  const records: RecordInput[] = [];
  const nextName = vi.fn(() => "s1");
  const story = new SessionStory((record) => records.push(record), nextName);
  const lines = (): string[] =>
    records.map((record) => `${record.session ?? "-"} ${"event" in record ? record.event : record.kind}`);
  return { story, records, lines, nextName };
}

test("connect, ready, what happened, disconnect", () => {
  const { story, lines, records } = told();
  story.happened({ event: "connect" }, 1);
  story.tell(request);
  story.happened({ event: "ready" }, 1);
  story.tell(answer);
  story.open(identity);
  story.happened(roots("file:///a"), 1);
  story.close("ended by the client");
  expect(lines()).toEqual([
    "s1 connect",
    "s1 ready",
    "s1 request",
    "s1 response",
    "s1 rootsChanged",
    "s1 disconnect",
  ]);
  expect(new Set(records.map((record) => record["mcp.session.id"]))).toEqual(new Set(["id-1"]));
  expect(records.at(0)).toMatchObject({ client: { name: "c" }, transport: "http" });
  expect(records.at(-1)).toMatchObject({ body: { reason: "ended by the client" } });
});

test("what happens before ready is told after it", () => {
  const { story, lines } = told();
  story.open(identity);
  story.tell(request);
  story.happened(roots("file:///a"), 1);
  story.happened({ event: "error", error: { message: "oh" } }, 1);
  expect(lines()).toEqual(["s1 connect"]);
  story.happened({ event: "ready" }, 1);
  expect(lines()).toEqual(["s1 connect", "s1 ready", "s1 request", "s1 rootsChanged", "s1 error"]);
});

test("what is held back is told with the time at which it happened", () => {
  const startMs = Date.now();
  for (const isRefused of [false, true]) {
    const told: unknown[] = [];
    const story = new SessionStory(
      (record, at = Date.now()) => told.push(["event" in record ? record.event : record.kind, at - startMs]),
      () => "s1",
    );
    vi.setSystemTime(startMs);
    story.tell(request);
    vi.setSystemTime(startMs + 100);
    story.tell(answer);
    if (isRefused) story.abandon();
    else story.open(identity);
    vi.setSystemTime(startMs + 200);
    story.restored(2, 1);
    story.tell(request);
    vi.setSystemTime(startMs + 300);
    story.happened({ event: "ready" }, 1);
    story.tell(answer);
    const handshake = [
      ["request", 0],
      ["response", 100],
    ];
    expect(told).toEqual(
      isRefused
        ? [...handshake, ["request", 200], ["response", 300]]
        : [
            ["connect", 100],
            ["ready", 300],
            ...handshake,
            ["restored", 200],
            ["request", 200],
            ["response", 300],
          ],
    );
  }
});

test("a reload before ready is told after it", () => {
  const { story, lines } = told();
  story.open(identity);
  story.restored(2, 1);
  story.happened({ event: "ready" }, 1);
  expect(lines()).toEqual(["s1 connect", "s1 ready", "s1 restored"]);
});

test("a ready that does not come holds nothing back for long", () => {
  const { story, lines } = told();
  story.open(identity);
  story.tell(request);
  vi.runAllTimers();
  story.tell(answer);
  expect(lines()).toEqual(["s1 connect", "s1 request", "s1 response"]);
});

test("ready once, however often children say it; the same roots are no change", () => {
  const { story, lines } = told();
  story.open(identity);
  story.happened({ event: "ready" }, 1);
  story.happened(roots("file:///a"), 1);
  story.restored(2, 12);
  story.happened({ event: "ready" }, 2);
  story.happened(roots("file:///a"), 2);
  story.happened(roots("file:///b"), 2);
  expect(lines()).toEqual(["s1 connect", "s1 ready", "s1 rootsChanged", "s1 restored", "s1 rootsChanged"]);
});

test("a handshake that failed is told without a session, and takes no name", () => {
  const { story, lines, nextName } = told();
  story.happened({ event: "connect" }, 1);
  story.tell(request);
  story.tell(answer);
  expect(lines()).toEqual([]);
  story.abandon();
  story.open(identity);
  story.close("over");
  expect(lines()).toEqual(["- request", "- response"]);
  expect(nextName).not.toHaveBeenCalled();
});

test("a session that ends before it is ready loses no line, and says nothing after its end", () => {
  const { story, lines } = told();
  story.open(identity);
  story.tell(request);
  story.close("the client left");
  story.close("again");
  story.happened({ event: "ready" }, 1);
  story.restored(2, 1);
  expect(lines()).toEqual(["s1 connect", "s1 request", "s1 disconnect"]);
});

test("an end in the middle of the handshake tells what was asked", () => {
  const { story, lines } = told();
  story.tell(request);
  story.close("the client left");
  expect(lines()).toEqual(["- request"]);
});

test("what a child says of a session that has ended is left out, and counted", () => {
  const { story, lines, records } = told();
  story.open(identity);
  story.close("ended by the client");
  story.tell(answer);
  expect(lines()).toEqual(["s1 connect", "s1 disconnect", "- drop"]);
  expect(records.at(-1)).toMatchObject({ count: 1, reason: "a response of s1, which has ended" });
});

test("who the caller is, once: with connect, or with ready if it is known only then", () => {
  const who = { userId: "u1" };
  const connect = { event: "connect", identity: who } as const;
  const early = told();
  early.story.happened(connect, 1);
  early.story.open(identity);
  early.story.happened({ event: "ready" }, 1);
  early.story.happened({ event: "connect", identity: { userId: "u2" } }, 2);
  expect(early.records).toMatchObject([{ event: "connect", body: { identity: who } }, { event: "ready" }]);
  expect(early.records[1]).not.toHaveProperty("body");

  const late = told();
  late.story.open(identity);
  late.story.happened(connect, 1);
  late.story.happened({ event: "ready" }, 1);
  expect(late.records).toMatchObject([{ event: "connect" }, { event: "ready", body: { identity: who } }]);
});

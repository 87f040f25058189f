import { describe, expect, test } from "vitest";
import { decodeHead } from "../../../src/log/decode-head.ts";
import { decodeLine } from "../../../src/log/decode.ts";
import { SessionSummaries } from "../../../src/log/session-summaries.ts";
import { Statistics, statisticsJson } from "../../../src/log/statistics.ts";
import { entries, meta, reload, session, toolCall } from "./recorded.ts";

function statisticsOf(records: Parameters<typeof entries>[0]): Record<string, unknown>[] {
  const statistics = new Statistics();
  for (const entry of entries(records)) statistics.add(entry);
  return statistics.methods().map(statisticsJson);
}

describe("statistics", () => {
  test("count calls, errors and times per tool, the most used first", () => {
    const records = [
      ...toolCall(1, { tool: "sub" }),
      ...[10, 20, 1000].flatMap((ms, at) => toolCall(at + 2, { ms, fails: ms === 20 })),
      ...toolCall(9, { answered: false }),
    ];
    const [add, sub] = statisticsOf(records);
    expect(add).toMatchObject({
      "gen_ai.tool.name": "add",
      calls: 4,
      errors: 1,
      unanswered: 1,
      max_ms: 1000,
    });
    expect(add?.["p50_ms"]).toBeCloseTo(20, 0);
    expect(sub).toMatchObject({
      "gen_ai.tool.name": "sub",
      calls: 1,
      errors: 0,
      p50_ms: 5,
      p95_ms: 5,
      dir: "c2s",
    });
  });

  test("an answer whose request a filter left out is a call", () => {
    const answers = [...toolCall(1), ...toolCall(2)].filter(({ kind }) => kind === "response");
    expect(statisticsOf(answers)).toMatchObject([{ calls: 2, unanswered: 0 }]);
  });

  test("ids of two sessions, and of both sides, do not meet", () => {
    const [request, response] = toolCall(1);
    const other = { ...request, session: "s2" };
    const back = {
      ...request,
      dir: "s2c",
      "mcp.method.name": "sampling/createMessage",
      "gen_ai.tool.name": undefined,
    };
    expect(statisticsOf([request!, other, back, response!])).toMatchObject([
      { "gen_ai.tool.name": "add", calls: 2, unanswered: 1 },
      { "mcp.method.name": "sampling/createMessage", dir: "s2c", calls: 1, unanswered: 1 },
    ]);
  });

  test("names that clients make up do not fill the memory", () => {
    const records = Array.from({ length: 1500 }, (_, id) => toolCall(id, { tool: `made up ${id}` })).flat();
    const rows = statisticsOf(records);
    expect(rows).toHaveLength(1001);
    expect(rows[0]).toMatchObject({ "mcp.method.name": "(others)", calls: 500 });
  });

  test("the head of a message's line says the same as the whole", () => {
    const line = (body: unknown): Buffer => {
      const [request] = toolCall(1);
      const stamp = { v: 1, seq: 1, time: "2026-11-23T10:00:00.000Z" };
      const { kind, ...fields } = { kind: "", ...request };
      return Buffer.from(
        JSON.stringify({ ...stamp, kind, ...fields, "gen_ai.tool.name": `a","body":{"b`, body }),
      );
    };
    const whole = decodeLine(line({ x: 1 }), "log");
    const head = decodeHead(line({ x: 1 }), "log");
    if (whole?.type !== "record" || head?.type !== "record") throw new Error("no record");
    expect({ ...head.record, body: { x: 1 } }).toEqual(whole.record);
    expect(head.bytes).toEqual(whole.bytes);
  });
});

describe("a session's summary", () => {
  const summariesOf = (
    records: Parameters<typeof entries>[0],
    matches: (at: number) => boolean = () => true,
  ) => {
    const sessions = new SessionSummaries();
    for (const [at, entry] of entries(records).entries()) sessions.add(entry, matches(at));
    return sessions.summaries(Date.parse("2026-11-23T11:00:00.000Z"));
  };
  const connect = session("connect", { body: { identity: { userId: "u1", token: "[redacted]" } } });

  test("who, since, what, how it ended", () => {
    const end = session("disconnect", { duration_ms: 4200.5, body: { reason: "closed by the client" } });
    const records = [meta, connect, ...toolCall(1), reload, ...toolCall(2, { fails: true }), end, reload];
    expect(summariesOf(records)).toMatchObject([
      {
        session: "s1",
        client: { name: "desktop", version: "1.2.0" },
        identity: { userId: "u1", token: "[redacted]" },
        transport: "http",
        since: "2026-11-23T10:00:01.000Z",
        duration_ms: 4200.5,
        calls: 2,
        errors: 1,
        reloads: 1,
        state: "ended",
        reason: "closed by the client",
      },
    ]);
  });

  test("open while its server runs, cut off when that is gone", () => {
    const running = { ...meta, pid: process.pid };
    const now = { ...connect, time: new Date().toISOString() };
    const sessions = new SessionSummaries();
    for (const entry of entries([{ ...running, time: new Date().toISOString() }, now]))
      sessions.add(entry, true);
    expect(sessions.summaries(Date.now())[0]?.state).toBe("open");
    expect(summariesOf([meta, connect, ...toolCall(1)])[0]).toMatchObject({
      state: "cut off",
      duration_ms: 2000,
    });
  });

  test("a session lasts to the latest that is told of it, which need not be told last", () => {
    const held = { ...toolCall(1)[0], time: "2026-11-23T10:00:00.500Z" };
    const last = { ...reload, session: "s1", time: "2026-11-23T10:00:05.000Z" };
    expect(summariesOf([meta, connect, last, held])[0]).toMatchObject({ duration_ms: 4000 });
  });

  test("what a filter leaves out is not counted, and a session of which nothing is left is not shown", () => {
    const other = { ...connect, session: "s2" };
    const records = [connect, other, ...toolCall(1), ...toolCall(2)];
    const summary = { session: "s1", calls: 1, client: { name: "desktop" } };
    for (const asked of [[2], [3], [2, 3]])
      expect(summariesOf(records, (at) => asked.includes(at))).toMatchObject([summary]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DurationHistogram } from "../../../src/log/duration-histogram.ts";
import { sessionsTable, type ListedSession } from "../../../src/terminal/sessions-table.ts";
import { statisticsTable } from "../../../src/terminal/statistics-table.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";
import { shownCells } from "./screen.ts";

const styles = stylesFor({ isTTY: false }, {});
const now = new Date(2026, 10, 23, 12, 0, 0);

function method(name: string, ms: readonly number[], errors = 0) {
  const durations = new DurationHistogram();
  for (const one of ms) durations.add(one);
  const of = { "mcp.method.name": "tools/call", "gen_ai.tool.name": name };
  return { ...of, dir: "c2s", calls: ms.length, errors, unanswered: 0, durations } as const;
}

function session(fields: Partial<ListedSession> = {}): ListedSession {
  return {
    log: "2026-11-23T10-00-00-000Z-77",
    session: "s1",
    client: { name: "claude-code", version: "2.1.44" },
    identity: { userId: "alice", role: "admin", apiKey: "[redacted]" },
    transport: "http",
    since: now.toISOString(),
    duration_ms: 192_000,
    calls: 12,
    errors: 2,
    reloads: 3,
    state: "ended",
    reason: "closed by the client",
    ...fields,
  };
}

describe("the table of statistics", () => {
  test("at 100 columns", () => {
    const methods = [method("search", [90, 100, 110, 400], 1), method("add", [1, 1, 2])];
    expect(statisticsTable(styles, 100, methods)).toEqual([
      "method             calls  errors     p50     p95     max  1 ms ────────────────────────────── 400 ms",
      expect.stringMatching(/^tools\/call search {6}4 {7}1 {2,3}\d+ ms {2}400 ms {2}400 ms {2,}[▁-█ ]+$/),
      expect.stringMatching(/^tools\/call add {9}3 {7}0 {4}1 ms {4}2 ms {4}2 ms {2}[▁-█ ]+$/),
    ]);
  });

  test("the tool stays where there is no room for the method too", () => {
    const [, line] = statisticsTable(styles, 36, [method("search_documents", [1])]);
    expect(line).toMatch(/^search_documents +1 +0$/);
  });

  test("says how many have no answer", () => {
    const lines = statisticsTable(styles, 80, [{ ...method("add", []), calls: 2, unanswered: 2 }]);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/add +2 +0 +– +– +–$/),
      "2 requests without an answer",
    ]);
  });
});

describe("the table of sessions", () => {
  test("at 140 columns", () => {
    expect(
      sessionsTable(styles, 140, [session(), session({ session: "s2", state: "open" })], now.getTime()),
    ).toEqual([
      "session  client              who          over  since        for  calls  errors  reloads  ended",
      "○ s1     claude-code 2.1.44  alice admin  http  12:00:00  3m 12s     12       2        3  closed by the client",
      "● s2     claude-code 2.1.44  alice admin  http  12:00:00  3m 12s     12       2        3  open",
    ]);
  });

  test("at 40 columns, who, calls and errors stay", () => {
    expect(sessionsTable(styles, 40, [session()], now.getTime())).toEqual([
      "session  client            calls  errors",
      "○ s1     claude-code          12       2",
    ]);
  });

  test("says the date if it is another day, and the server if there are several", () => {
    const earlier = session({ since: new Date(2026, 10, 21, 9, 30).toISOString(), log: "x-78" });
    const [head, , line] = sessionsTable(styles, 160, [session(), earlier], now.getTime());
    expect(head).toMatch(/^server {2}session/);
    expect(line).toMatch(/^78 .* 2026-11-21 09:30:00 /);
  });
});

test("no line is wider than the screen, and none is broken", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 60 });
  const sessions = fc.array(
    fc
      .record({ name: word, version: word, reason: word, who: fc.dictionary(word, fc.jsonValue()) })
      .map((fields) => session({ client: fields, reason: fields.reason, identity: fields.who })),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(sessions, word, fc.integer({ min: 1, max: 220 }), (rows, name, width) => {
      const methods = [method(name, [1, 5000]), method("b", [])];
      const lines = [
        ...sessionsTable(styles, width, rows, now.getTime()),
        ...statisticsTable(styles, width, methods),
      ];
      expect(lines).toHaveLength(1 + rows.length + 1 + methods.length);
      for (const line of lines) expect(shownCells(line)).toBeLessThanOrEqual(width);
      expect(lines.join("")).not.toMatch(/\p{Cc}/u);
    }),
  );
});

/** What the flags of `mcp inspect` leave of a log. */
import { describe, expect, test } from "vitest";
import { readInspectOptions } from "../../../src/commands/inspect-options.ts";
import { decodeHead } from "../../../src/log/decode-head.ts";
import { decodeLine } from "../../../src/log/decode.ts";
import { filterFor } from "../../../src/log/filter.ts";
import { line } from "../log/log-samples.ts";

const local = (day: number, hours: number, minutes: number): number =>
  new Date(2026, 10, day, hours, minutes).getTime();

describe("--since and --until as clock times", () => {
  const rangeOf = (flags: Record<string, string>, nowMs: number): unknown => {
    const { sinceMs, untilMs } = readInspectOptions(flags, { nowMs, isTerminal: true }).filter;
    return [sinceMs, untilMs];
  };

  test.each([
    ["still to come is today", { until: "12:50" }, [undefined, local(23, 12, 50)]],
    ["past is today, too", { until: "11:50" }, [undefined, local(23, 11, 50)]],
    [
      "a window that has not ended",
      { since: "12:00", until: "23:30" },
      [local(23, 12, 0), local(23, 23, 30)],
    ],
    ["a window of yesterday", { since: "22:00", until: "23:30" }, [local(22, 22, 0), local(22, 23, 30)]],
    ["a window over midnight", { since: "22:00", until: "1:00" }, [local(22, 22, 0), local(23, 1, 0)]],
    [
      "on the day of a date",
      { since: "2026-11-20T13:00", until: "14:00" },
      [local(20, 13, 0), local(20, 14, 0)],
    ],
    ["some days up to today", { since: "3d", until: "11:50" }, [local(20, 12, 20), local(23, 11, 50)]],
    ["the same minute", { since: "12:00", until: "12:00" }, [local(23, 12, 0), local(23, 12, 0)]],
    ["--since is in the past", { since: "12:50" }, [local(22, 12, 50), undefined]],
  ])("%s", (_, flags, range) => {
    expect(rangeOf(flags, local(23, 12, 20))).toEqual(range);
  });

  test("just after midnight a window may have begun yesterday", () => {
    const range = [local(22, 23, 50), local(23, 0, 5)];
    expect(rangeOf({ since: "23:50", until: "00:05" }, local(23, 0, 10))).toEqual(range);
    expect(rangeOf({ since: "20m", until: "00:05" }, local(23, 0, 10))).toEqual(range);
  });
});

describe("--grep", () => {
  const isFound = (grep: string, body: unknown, decode = decodeLine): boolean => {
    const { filter } = readInspectOptions({ grep }, { nowMs: Date.now(), isTerminal: true });
    const fields = { kind: "notification", dir: "s2c", bytes: 9, "mcp.method.name": "notifications/message" };
    const entry = decode(Buffer.from(line(1, { ...fields, body })), "log");
    return entry !== undefined && filterFor(filter).passes(entry);
  };

  test.each<[string, string, unknown]>([
    ["quotes", 'say "hi"', { text: 'I say "hi" to all' }],
    ["a Windows path", String.raw`C:\\temp\\new`, { text: String.raw`C:\temp\new.txt` }],
    ["a key", 'the "best" one', { 'the "best" one': 1 }],
    ["over a line break", "first second", { text: "first\r\nsecond" }],
    ["over a line break that is asked for", String.raw`first\nsecond`, { text: "first\nsecond" }],
    ["over a change of colour", "error: cold", { text: "\u001B[31merror:\u001B[39m cold" }],
    ["JSON in a text", '"hi" there', { text: JSON.stringify({ say: '"hi" there' }) }],
    [
      "a path in JSON in a text",
      String.raw`C:\\temp`,
      { text: JSON.stringify({ path: String.raw`C:\temp` }) },
    ],
    ["what is escaped, as it is in the log", String.raw`say \\"hi`, { text: 'say "hi"' }],
  ])("finds %s", (_, grep, body) => {
    expect([isFound(grep, body), isFound(grep, body, decodeHead)]).toEqual([true, true]);
  });

  test("a pattern that excludes something leaves it out, whatever is around it", () => {
    const body = { text: 'line 1\nsay "hi", cold' };
    expect(isFound("^(?!.*cold)", body)).toBe(false);
    expect(isFound("^(?!.*warm)", body)).toBe(true);
  });
});

/** What the flags of `mcp inspect` leave of a log. */
import { describe, expect, test } from "vitest";
import { readInspectOptions } from "../../../src/commands/inspect-options.ts";

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

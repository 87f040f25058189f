import { describe, expect, test } from "vitest";
import { parseMoment } from "../../../src/log/time-expression.ts";

const now = new Date(2026, 10, 23, 14, 30, 0).getTime();
const local = (day: number, ...time: [number, number, number?, number?]): number =>
  new Date(2026, 10, day, ...time).getTime();

describe("parseMoment", () => {
  test.each([
    ["10m", now - 600_000],
    ["2h", now - 7_200_000],
    ["1h30m", now - 5_400_000],
    ["1.5s", now - 1500],
    ["3d", now - 3 * 86_400_000],
    ["14:05", local(23, 14, 5)],
    ["9:05:07", local(23, 9, 5, 7)],
    ["23:59", local(22, 23, 59)],
    ["2026-11-23", local(23, 0, 0)],
    ["2026-11-23T10:00", local(23, 10, 0)],
    ["2026-11-23 10:00:01", local(23, 10, 0, 1)],
    ["2026-11-23T10:00:00.500Z", Date.UTC(2026, 10, 23, 10, 0, 0, 500)],
    ["2026-11-23T10:00:00+02:00", Date.UTC(2026, 10, 23, 8)],
  ])("%s", (text, ms) => expect(parseMoment(text, now)).toBe(ms));

  test.each([
    "",
    "10",
    "m",
    "10 m",
    "25:00",
    "14:60",
    "yesterday",
    "2026-13-01",
    "-5m",
    "1e3m",
    "99999999999999w",
  ])("%j is no time", (text) => expect(parseMoment(text, now)).toBeUndefined());
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { DurationHistogram } from "../../../src/log/duration-histogram.ts";

const durations = fc.array(fc.double({ min: 0.02, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 300 });

function histogramOf(list: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const ms of list) histogram.add(ms);
  return histogram;
}

test("a percentile is at most one per cent and a microsecond off, the ends not at all", () => {
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 100 }), (list, percent) => {
      const histogram = histogramOf(list);
      const sorted = list.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil((percent / 100) * list.length) - 1)]!;
      const said = histogram.percentileMs(percent)!;
      expect(Math.abs(said - exact)).toBeLessThanOrEqual(exact * 0.0101 + 0.001);
      expect([histogram.minMs, histogram.maxMs]).toEqual([sorted[0], sorted.at(-1)]);
    }),
  );
});

test("the spread has each duration once", () => {
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 50 }), (list, parts) => {
      const histogram = histogramOf(list);
      const spread = histogram.spread(histogram.minMs!, histogram.maxMs!, parts);
      expect(spread).toHaveLength(parts);
      expect(spread.reduce((sum, count) => sum + count, 0)).toBe(list.length);
    }),
  );
});

test("nothing is said of nothing", () => {
  const histogram = histogramOf([Number.NaN]);
  expect([histogram.percentileMs(50), histogram.minMs, histogram.maxMs]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

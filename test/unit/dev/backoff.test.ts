/** Restarts of a server that crashes. */
import { expect, test } from "vitest";
import { Backoff } from "../../../src/dev/backoff.ts";

test("a server that served for long and does not come back is tried less and less often", () => {
  const backoff = new Backoff();
  const delays = [3_600_000, 0, 0, 0, 0, 0].map((servedMs) => backoff.next(servedMs));
  expect(delays).toEqual([0, 250, 1000, 3000, 10_000, 10_000]);
});

test("one that serves after a save has not crashed yet", () => {
  const backoff = new Backoff();
  for (let crashes = 0; crashes < 4; crashes++) backoff.next(0);
  backoff.reset();
  expect(backoff.hasCrashed).toBe(false);
  expect([10, 10].map((servedMs) => backoff.next(servedMs))).toEqual([0, 250]);
});

test("one that has come back for a while is started at once again", () => {
  const backoff = new Backoff();
  expect([10, 20, 60_000, 10].map((servedMs) => backoff.next(servedMs))).toEqual([0, 250, 0, 250]);
});

/** Generations: who waits for a child, how long, and when a replaced one may be ended. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Generations, UnavailableError } from "../../../src/relay/generations.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bounds = { waitTimeoutMs: 1000, waitingMax: 2 };

test("the current child is there at once, the next one when it serves", async () => {
  const generations = new Generations(bounds);
  const waiting = generations.wait();
  generations.use({ generation: 1 });
  expect(await waiting).toEqual({ generation: 1 });
  generations.use({ generation: 2 });
  expect(await generations.wait()).toEqual({ generation: 2 });
});

test("waiting ends after its time, with the reason", async () => {
  const generations = new Generations(bounds);
  generations.explain("Unexpected token");
  const waiting = expect(generations.wait()).rejects.toThrow(/not running: Unexpected token/);
  await vi.advanceTimersByTimeAsync(1000);
  await waiting;
  expect(vi.getTimerCount()).toBe(0);
});

test("only so many may wait; who gave up makes room", async () => {
  const generations = new Generations(bounds);
  const client = new AbortController();
  const first = expect(generations.wait(client.signal)).rejects.toThrow("the client left");
  const second = generations.wait();
  await expect(generations.wait()).rejects.toBeInstanceOf(UnavailableError);
  client.abort();
  await first;
  const third = generations.wait();
  generations.use({ generation: 1 });
  expect(await Promise.all([second, third])).toHaveLength(2);
});

test("a client that has left already does not wait", async () => {
  const generations = new Generations(bounds);
  await expect(generations.wait(AbortSignal.abort())).rejects.toThrow("the client left");
  expect(vi.getTimerCount()).toBe(0);
});

test("a child that is lost serves nobody; one that was replaced takes nothing with it", async () => {
  const generations = new Generations(bounds);
  generations.use({ generation: 1 });
  generations.use({ generation: 2 });
  generations.lose(1, "replaced");
  expect(generations.current).toEqual({ generation: 2 });
  generations.lose(2, "it crashed");
  expect(generations.current).toBeUndefined();
  const waiting = expect(generations.wait()).rejects.toThrow(/it crashed/);
  await vi.advanceTimersByTimeAsync(1000);
  await waiting;
});

test("listeners hear of each change, the waiting after them", async () => {
  const generations = new Generations(bounds);
  const heard: unknown[] = [];
  generations.onChange((current, lost) => heard.push([current?.generation, lost?.generation]));
  const waiting = generations.wait().then(() => heard.push("waiter"));
  generations.use({ generation: 1 });
  await waiting;
  generations.lose(1, "gone");
  expect(heard).toEqual([[1, undefined], "waiter", [undefined, 1]]);
});

test("drained when every lease is given back, each counted once", async () => {
  const generations = new Generations(bounds);
  await generations.drained(1);
  const [one, other] = [generations.lease(1), generations.lease(1)];
  const drained = vi.fn();
  const done = generations.drained(1).then(drained);
  one();
  one();
  await Promise.resolve();
  expect(drained).not.toHaveBeenCalled();
  other();
  await done;
});

test("a child that is gone has nothing in flight, and late leases do no harm", async () => {
  const generations = new Generations(bounds);
  const release = generations.lease(1);
  const done = generations.drained(1);
  generations.lose(1, "gone");
  await done;
  release();
  await generations.drained(1);
});

test("told when a child serves no more, or when it has been long enough", async () => {
  const generations = new Generations(bounds);
  await generations.left(1, 1000);
  generations.use({ generation: 1 });
  const crashed = generations.left(1, 1000);
  generations.lose(1, "gone");
  await crashed;
  expect(vi.getTimerCount()).toBe(0);
  generations.use({ generation: 2 });
  const stays = generations.left(2, 1000);
  await vi.advanceTimersByTimeAsync(1000);
  await stays;
});

test("a call is in flight until it is released, and what only holds a child is none", () => {
  vi.setSystemTime(1_000_000);
  const generations = new Generations(bounds);
  generations.lease(1)();
  expect(generations.lastCallAt).toBe(0);
  const [one, other] = [generations.leaseCall(1), generations.leaseCall(2)];
  vi.setSystemTime(1_001_000);
  one();
  one();
  generations.lose(2, "gone");
  expect(generations.lastCallAt).toBe(1_001_000);
  vi.setSystemTime(1_002_000);
  expect(generations.lastCallAt).toBe(1_002_000);
  other();
  vi.setSystemTime(1_003_000);
  expect(generations.lastCallAt).toBe(1_002_000);
});

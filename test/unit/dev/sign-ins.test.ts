import { expect, test, vi } from "vitest";
import { SignIns } from "../../../src/dev/sign-ins.ts";

const about = { proxy: "p", id: 1 };

test("each process gets the keys that the first has made up; a key that it has not yet is its own", () => {
  const signIns = new SignIns();
  expect(signIns.answer({ ...about, call: "keys", keys: ["a", undefined] }).keys).toEqual(["a", undefined]);
  expect(signIns.answer({ ...about, call: "keys", keys: ["b", "c"] }).keys).toEqual(["a", "c"]);
  expect(signIns.answer({ ...about, proxy: "q", call: "keys", keys: ["d", "e"] }).keys).toEqual(["d", "e"]);
});

test("what is taken is given once; what another proxy stored is not found", () => {
  const signIns = new SignIns();
  const take = { ...about, call: "take", key: "code" } as const;
  signIns.answer({ ...about, call: "save", key: "code", value: 7, ttlSeconds: undefined });
  expect(signIns.answer({ ...take, proxy: "q" }).value).toBeUndefined();
  expect(signIns.answer({ ...about, call: "get", key: "code", id: 4 })).toEqual({ id: 4, value: 7 });
  expect(signIns.answer(take).value).toBe(7);
  expect(signIns.answer(take).value).toBeUndefined();
});

test("what has expired is not given any more", () => {
  vi.useFakeTimers();
  try {
    const signIns = new SignIns();
    signIns.answer({ ...about, call: "save", key: "k", value: 7, ttlSeconds: 10 });
    vi.advanceTimersByTime(9_999);
    expect(signIns.answer({ ...about, call: "get", key: "k" }).value).toBe(7);
    vi.advanceTimersByTime(1);
    expect(signIns.answer({ ...about, call: "get", key: "k" }).value).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});

import { expect, test } from "vitest";
import { SessionStates } from "../../../src/dev/session-states.ts";

const holding = (calls: number): ReadonlyMap<string, Uint8Array> => new Map([["", Uint8Array.of(calls)]]);

test("a session goes on with what it held last", () => {
  const states = new SessionStates();
  states.save({ key: "k1", states: holding(1) }, 1);
  states.save({ key: "k1", states: holding(2) }, 1);
  states.save({ key: "k2", states: holding(7) }, 1);
  expect(states.handOver("k1", 2)).toEqual({ key: "k1", states: holding(2) });
  expect(states.handOver("k3", 2)).toEqual({ key: "k3", states: new Map() });
  expect(states.handOver(undefined, 2)).toEqual({ states: new Map() });
});

test("what the replaced child still does comes too late, once the session has gone on", () => {
  const states = new SessionStates();
  states.save({ states: holding(1) }, 1);
  states.save({ states: holding(2) }, 1);
  expect(states.handOver(undefined, 2).states).toEqual(holding(2));
  states.save({ states: holding(3) }, 1);
  expect(states.handOver(undefined, 3).states).toEqual(holding(2));
});

test("a session that ended leaves nothing; one that is emptied neither", () => {
  const states = new SessionStates();
  states.save({ key: "k1", states: holding(1) }, 1);
  states.drop("k1");
  expect(states.handOver("k1", 2).states.size).toBe(0);
  states.save({ key: "k2", states: holding(1) }, 1);
  states.save({ key: "k2", states: new Map() }, 1);
  expect(states.handOver("k2", 2).states.size).toBe(0);
});

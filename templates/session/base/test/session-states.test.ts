/** Which state a call gets: its session's, and never one that callers without a session would share. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { SessionStates } from "../src/session-states.ts";
import type { StateStore } from "../src/state-store.ts";
import { openTestStore } from "./test-store.ts";

const session = { user: "user", role: "user", transport: "http" } as const;

let store: StateStore;
let states: SessionStates;

beforeEach(() => {
  store = openTestStore();
  states = new SessionStates(store);
});
afterEach(() => store.close());

test("HTTP calls without a session id get no state at all", () => {
  expect(() => states.enter({ session }, "whoami")).toThrow(/keeps no sessions/);
});

test("over stdio the process is the session", async () => {
  const stdio = { session: { ...session, transport: "stdio" } } as const;
  await states.enter(stdio, "whoami");
  expect((await states.enter(stdio, "whoami")).calls).toEqual({ whoami: 2 });
  await states.drop(undefined);
  expect((await states.enter(stdio, "whoami")).calls).toEqual({ whoami: 1 });
});

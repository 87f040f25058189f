/** Per-session state: one per key, bounded, and never shared by callers without a session. */
import { expect, test } from "vitest";
import { addAction, maxActions, SessionStates } from "../src/state.ts";

const session = { user: "user", role: "user", transport: "http" } as const;

test("what a session does does not grow without end", () => {
  const state = new SessionStates().enter({ session, sessionId: "a" }, "trackSession");
  for (let index = 0; index <= maxActions; index += 1) addAction(state, `action ${index}`);
  expect(state.actions).toHaveLength(maxActions);
  expect(state.actions[0]).toBe("action 1");
});

test("HTTP calls without a session id get no state at all", () => {
  expect(() => new SessionStates().enter({ session }, "whoami")).toThrow(/keeps no sessions/);
});

test("over stdio the process is the session", () => {
  const states = new SessionStates();
  const stdio = { session: { ...session, transport: "stdio" } } as const;
  states.enter(stdio, "whoami");
  expect(states.enter(stdio, "whoami").calls).toEqual({ whoami: 2 });
  states.drop(undefined);
  expect(states.size).toBe(0);
});

/** Per-session state: one per key, bounded, and never shared by callers without a session. */
import { afterEach, expect, test } from "vitest";
import { keepThroughReloads } from "../src/keep-through-reloads.ts";
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

const offered = Symbol.for("mcp.dev.session-state");

afterEach(() => {
  Reflect.deleteProperty(globalThis, offered);
});

test("a session's state goes on in the process that replaces this one", () => {
  type Keeper = { save: (id: string) => unknown; restore: (id: string, state: unknown) => void };
  const keepers: Keeper[] = [];
  Reflect.set(globalThis, offered, (keeper: Keeper) => keepers.push(keeper));
  const [before, after] = [new SessionStates(), new SessionStates()];
  for (const states of [before, after]) keepThroughReloads(states);
  before.enter({ session, sessionId: "a" }, "whoami");

  keepers[1]?.restore("a", structuredClone(keepers[0]?.save("a")));
  expect(after.enter({ session, sessionId: "a" }, "whoami").calls).toEqual({ whoami: 2 });

  keepers[1]?.restore("b", { from: "an older idea of it" });
  expect(after.size).toBe(1);
});

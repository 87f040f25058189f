/** What only a store in memory has to do: stay small, and hand over its states at a reload. */
import { afterEach, expect, test } from "vitest";
import { keepThroughReloads } from "../src/keep-through-reloads.ts";
import { MemoryStore } from "../src/memory-store.ts";
import { countCall, type SessionState } from "../src/session-state.ts";

const call = (state: SessionState): SessionState => countCall(state, "whoami");

test("the session that was not used for longest makes room", async () => {
  const store = new MemoryStore({ maxSessions: 2 });
  for (const key of ["a", "b", "a", "c"]) await store.update(key, call);
  expect(store.size).toBe(2);
  expect(await store.read("b")).toBeUndefined();
  expect((await store.read("a"))?.calls).toEqual({ whoami: 2 });
});

test("an expired state is gone, one that was used since is not", async () => {
  let now = 0;
  const store = new MemoryStore({ expiryMs: 100, now: () => now });
  await store.update("a", call);
  await store.update("b", call);
  now = 99;
  await store.update("a", call);
  now = 100;
  expect(store.size).toBe(1);
  expect(await store.read("b")).toBeUndefined();
});

const offered = Symbol.for("mcp.dev.session-state");

afterEach(() => {
  Reflect.deleteProperty(globalThis, offered);
});

test("a session's state goes on in the process that replaces this one", async () => {
  type Keeper = { save: (id: string) => unknown; restore: (id: string, state: unknown) => void };
  const keepers: Keeper[] = [];
  Reflect.set(globalThis, offered, (keeper: Keeper) => keepers.push(keeper));
  const [before, after] = [new MemoryStore(), new MemoryStore()];
  for (const store of [before, after]) keepThroughReloads(store);
  await before.update("a", call);

  keepers[1]?.restore("a", structuredClone(keepers[0]?.save("a")));
  expect((await after.update("a", call)).calls).toEqual({ whoami: 2 });

  keepers[1]?.restore("b", { from: "an older idea of it" });
  expect(after.size).toBe(1);
});

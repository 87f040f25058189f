/** What every store keeps its word on, checked against the one that this project uses. */
import { afterEach, expect, test } from "vitest";
import { addAction, countCall, maxActions } from "../src/session-state.ts";
import { stateExpiryMs, type StateStore } from "../src/state-store.ts";
import { openTestStore } from "./test-store.ts";

const opened: StateStore[] = [];

function open(expiryMs?: number): StateStore {
  const store = openTestStore(expiryMs);
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

test("a key has no state until it is updated, and none after it is dropped", async () => {
  const store = open();
  expect(await store.read("a")).toBeUndefined();
  const state = await store.update("a", (state) => addAction(state, "first"));
  expect(state.actions).toEqual(["first"]);
  expect(await store.read("a")).toEqual(state);
  expect(await store.read("b")).toBeUndefined();
  await store.drop("a");
  expect(await store.read("a")).toBeUndefined();
});

test("of calls made at once, all count", async () => {
  const store = open();
  await Promise.all(
    Array.from({ length: 20 }, () => store.update("a", (state) => countCall(state, "whoami"))),
  );
  expect((await store.read("a"))?.calls).toEqual({ whoami: 20 });
});

test("what a session does does not grow without end", async () => {
  const store = open();
  for (let index = 0; index <= maxActions; index += 1) {
    await store.update("a", (state) => addAction(state, `action ${index}`));
  }
  const actions = (await store.read("a"))?.actions;
  expect(actions).toHaveLength(maxActions);
  expect(actions?.[0]).toBe("action 1");
});

test("a state that nobody uses expires", async () => {
  expect(stateExpiryMs).toBeGreaterThan(0);
  const store = open(50);
  await store.update("a", (state) => countCall(state, "whoami"));
  await expect.poll(() => store.read("a"), { timeout: 5000 }).toBeUndefined();
});

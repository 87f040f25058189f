/** What only a store in Redis has to do: be the same for every process, and find a stdio session again after a reload. */
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { keepThroughReloads } from "../src/keep-through-reloads.ts";
import { openStore } from "../src/open-store.ts";
import { RedisStore } from "../src/redis-store.ts";
import { countCall, type SessionState } from "../src/session-state.ts";
import { stdioKey } from "../src/session-states.ts";

const url = process.env["REDIS_URL"] ?? "";
const log = (): void => undefined;
const call = (state: SessionState): SessionState => countCall(state, "whoami");
const offered = Symbol.for("mcp.dev.session-state");

let stores: RedisStore[] = [];

function twoProcesses(): [RedisStore, RedisStore] {
  const prefix = `test:${randomUUID()}:`;
  const pair = [new RedisStore({ url, log, prefix }), new RedisStore({ url, log, prefix })] as const;
  stores = [...pair];
  return [...pair];
}

afterEach(async () => {
  Reflect.deleteProperty(globalThis, offered);
  for (const store of stores.splice(0)) await store.close();
});

test("two processes see one state, and both count", async () => {
  const [one, other] = twoProcesses();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).update("a", call)),
  );
  expect((await one.read("a"))?.calls).toEqual({ whoami: 20 });
  await other.drop("a");
  expect(await one.read("a")).toBeUndefined();
});

test("stdio processes are strangers to each other, except that one goes on for another after a reload", async () => {
  type Keeper = { save: (id: undefined) => unknown; restore: (id: undefined, saved: unknown) => void };
  const keepers: Keeper[] = [];
  Reflect.set(globalThis, offered, (keeper: Keeper) => keepers.push(keeper));
  const [before, after] = twoProcesses();
  for (const store of [before, after]) keepThroughReloads(store);
  await before.update(stdioKey, call);
  expect(await after.read(stdioKey)).toBeUndefined();

  keepers[1]?.restore(undefined, structuredClone(keepers[0]?.save(undefined)));
  expect((await after.update(stdioKey, call)).calls).toEqual({ whoami: 2 });
});

test("a Redis that does not answer fails the call, and is logged", async () => {
  const lines: string[] = [];
  const store = new RedisStore({ url: "redis://127.0.0.1:1", log: (line) => lines.push(line) });
  await expect(store.read("a")).rejects.toThrow();
  expect(lines.join("\n")).toContain("redis: ");
  await store.close();
});

test("without REDIS_URL the server does not start", () => {
  expect(() => openStore({}, log)).toThrow(/REDIS_URL is not set/);
});

/** The store that the tests use: the project's own, with keys that no other test has. */
import { randomUUID } from "node:crypto";
import { RedisStore } from "../src/redis-store.ts";
import type { StateStore } from "../src/state-store.ts";

const url = process.env["REDIS_URL"] ?? "";

export const storeEnvironment = { REDIS_URL: url };

export function openTestStore(expiryMs?: number): StateStore {
  return new RedisStore({
    url,
    log: () => undefined,
    prefix: `test:${randomUUID()}:`,
    ...(expiryMs === undefined ? {} : { expiryMs }),
  });
}

/** The store that this project uses: Redis, at REDIS_URL. */
import { keepThroughReloads } from "./keep-through-reloads.ts";
import { RedisStore } from "./redis-store.ts";
import type { OpenStore } from "./state-store.ts";

export const openStore: OpenStore = (environment, log) => {
  const url = environment["REDIS_URL"];
  if (url === undefined || url === "") throw new Error("REDIS_URL is not set (see .env.example)");
  const store = new RedisStore({ url, log });
  keepThroughReloads(store);
  return store;
};

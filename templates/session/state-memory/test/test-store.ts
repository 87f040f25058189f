/** The store that the tests use: the project's own, with nothing in it. */
import { MemoryStore } from "../src/memory-store.ts";
import type { StateStore } from "../src/state-store.ts";

export const storeEnvironment = {};

export function openTestStore(expiryMs?: number): StateStore {
  return new MemoryStore(expiryMs === undefined ? {} : { expiryMs });
}

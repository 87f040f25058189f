/** The store that this project uses: in memory, and handed over when `mcp dev` replaces the process. */
import { keepThroughReloads } from "./keep-through-reloads.ts";
import { MemoryStore } from "./memory-store.ts";
import type { OpenStore } from "./state-store.ts";

export const openStore: OpenStore = () => {
  const store = new MemoryStore();
  keepThroughReloads(store);
  return store;
};

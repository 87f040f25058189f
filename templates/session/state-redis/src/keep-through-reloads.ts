/**
 * Lets a stdio session find its state after a reload by `mcp dev`: the state is in Redis, its name is handed to the next process.
 * Over HTTP the session id is the name, and it stays. Does nothing elsewhere.
 */
import type { RedisStore } from "./redis-store.ts";

/** What `mcp dev` asks: before each answer for what to keep of its session, and for that to be put back in the next process. */
type Keeper = {
  readonly save: (sessionId: string | undefined) => unknown;
  readonly restore: (sessionId: string | undefined, saved: unknown) => void;
};

export function keepThroughReloads(store: RedisStore): void {
  const keep: unknown = Reflect.get(globalThis, Symbol.for("mcp.dev.session-state"));
  if (!isOffer(keep)) return;
  keep({
    save: (sessionId) => (sessionId === undefined ? store.stdioName : undefined),
    restore: (sessionId, saved) => {
      if (sessionId === undefined && typeof saved === "string") store.stdioName = saved;
    },
  });
}

function isOffer(value: unknown): value is (keeper: Keeper) => void {
  return typeof value === "function";
}

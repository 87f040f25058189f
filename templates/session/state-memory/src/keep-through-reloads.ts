/** Lets each session's state survive a reload by `mcp dev`, which passes it on to the next process. Does nothing elsewhere. */
import type { MemoryStore } from "./memory-store.ts";
import { parseState } from "./session-state.ts";
import { stdioKey } from "./session-states.ts";

/** What `mcp dev` asks: before each answer for the state of its session, and for it to be put back in the next process. */
type Keeper = {
  readonly save: (sessionId: string | undefined) => unknown;
  readonly restore: (sessionId: string | undefined, state: unknown) => void;
};

export function keepThroughReloads(store: MemoryStore): void {
  const keep: unknown = Reflect.get(globalThis, Symbol.for("mcp.dev.session-state"));
  if (!isOffer(keep)) return;
  keep({
    save: (sessionId) => store.peek(sessionId ?? stdioKey),
    restore: (sessionId, saved) => {
      const state = parseState(saved);
      if (state !== undefined) store.put(sessionId ?? stdioKey, state);
    },
  });
}

function isOffer(value: unknown): value is (keeper: Keeper) => void {
  return typeof value === "function";
}

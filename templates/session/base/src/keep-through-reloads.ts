/** Lets each session's state survive a reload by `mcp dev`, which passes it on to the next process. Does nothing elsewhere. */
import { isSessionState, type SessionStates } from "./state.ts";

/** What `mcp dev` asks: before each answer for the state of its session, and for it to be put back in the next process. */
type Keeper = {
  readonly save: (sessionId: string | undefined) => unknown;
  readonly restore: (sessionId: string | undefined, state: unknown) => void;
};

export function keepThroughReloads(states: SessionStates): void {
  const keep: unknown = Reflect.get(globalThis, Symbol.for("mcp.dev.session-state"));
  if (typeof keep !== "function") return;
  const keeper: Keeper = {
    save: (sessionId) => states.get(sessionId),
    restore: (sessionId, state) => {
      // The code that saved it may have had another idea of it.
      if (isSessionState(state)) states.set(sessionId, state);
    },
  };
  keep(keeper);
}

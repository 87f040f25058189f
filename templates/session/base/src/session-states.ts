/** The state of the session that a call belongs to: which key it is kept under, and who may not have any. */
import { UserError } from "fastmcp";
import { requireUser, type SessionContext } from "./session.ts";
import { addAction, countCall, type SessionState } from "./session-state.ts";
import type { StateStore } from "./state-store.ts";

/** Over stdio the process is the session. */
export const stdioKey = "stdio";

export class SessionStates {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Counts a call of `tool` and answers with the session's state. */
  enter(context: SessionContext, tool: string): Promise<SessionState> {
    return this.#store.update(keyOf(context), (state) => countCall(state, tool));
  }

  addAction(context: SessionContext, action: string): Promise<SessionState> {
    return this.#store.update(keyOf(context), (state) => addAction(state, action));
  }

  forgetActions(context: SessionContext): Promise<SessionState> {
    return this.#store.update(keyOf(context), (state) => ({ ...state, actions: [] }));
  }

  /** @param sessionId as FastMCPSession has it: undefined over stdio. */
  drop(sessionId: string | undefined): Promise<void> {
    return this.#store.drop(sessionId ?? stdioKey);
  }
}

function keyOf(context: SessionContext): string {
  if (context.sessionId !== undefined) return context.sessionId;
  // HTTP without a session id is a server started stateless: all callers would share one state.
  if (requireUser(context.session).transport === "http") {
    throw new UserError("This server keeps no sessions.");
  }
  return stdioKey;
}

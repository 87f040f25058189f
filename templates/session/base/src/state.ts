/** What the server remembers of each session while it lasts, and the only place where it is kept. */
import { UserError } from "fastmcp";
import { requireUser, type SessionContext } from "./session.ts";

export type SessionState = {
  readonly openedAt: number;
  readonly calls: Record<string, number>;
  readonly actions: string[];
};

/** A session that never ends must not grow without end. */
export const maxActions = 100;

/** Over stdio the process is the session. */
const stdioKey = "stdio";

export class SessionStates {
  readonly #states = new Map<string, SessionState>();

  get size(): number {
    return this.#states.size;
  }

  /**
   * The state of the calling session, and one more call of `tool` counted in it. Ask once per call and keep the object:
   * a session may end while its tool still runs, and asking again would bring its state back.
   */
  enter(context: SessionContext, tool: string): SessionState {
    const key = keyOf(context);
    const state = this.#states.get(key) ?? { openedAt: Date.now(), calls: {}, actions: [] };
    this.#states.set(key, state);
    state.calls[tool] = (state.calls[tool] ?? 0) + 1;
    return state;
  }

  /** @param sessionId as FastMCPSession has it: undefined over stdio. */
  drop(sessionId: string | undefined): void {
    this.#states.delete(sessionId ?? stdioKey);
  }

  get(sessionId: string | undefined): SessionState | undefined {
    return this.#states.get(sessionId ?? stdioKey);
  }

  set(sessionId: string | undefined, state: SessionState): void {
    this.#states.set(sessionId ?? stdioKey, state);
  }
}

export function isSessionState(value: unknown): value is SessionState {
  if (typeof value !== "object" || value === null) return false;
  if (!("openedAt" in value && "calls" in value && "actions" in value)) return false;
  const { openedAt, calls, actions } = value;
  return (
    typeof openedAt === "number" && typeof calls === "object" && calls !== null && Array.isArray(actions)
  );
}

export function addAction(state: SessionState, action: string): void {
  state.actions.push(action);
  if (state.actions.length > maxActions) state.actions.shift();
}

function keyOf(context: SessionContext): string {
  if (context.sessionId !== undefined) return context.sessionId;
  // HTTP without a session id is a server started stateless: all callers would share one state.
  if (requireUser(context.session).transport === "http")
    throw new UserError("This server keeps no sessions.");
  return stdioKey;
}

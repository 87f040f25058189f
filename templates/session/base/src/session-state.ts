/** What the server remembers of each session while it lasts. */
import { z } from "zod";

const schema = z.object({
  openedAt: z.number(),
  /** How often the session called which tool. */
  calls: z.record(z.string(), z.number()),
  actions: z.array(z.string()),
});

export type SessionState = Readonly<z.infer<typeof schema>>;

/** A session that never ends must not grow without end. */
export const maxActions = 100;

export function newState(): SessionState {
  return { openedAt: Date.now(), calls: {}, actions: [] };
}

/** What was kept outside this process may come from code that had another idea of it: undefined then. */
export function parseState(value: unknown): SessionState | undefined {
  return schema.safeParse(value).data;
}

export function countCall(state: SessionState, tool: string): SessionState {
  return { ...state, calls: { ...state.calls, [tool]: (state.calls[tool] ?? 0) + 1 } };
}

export function addAction(state: SessionState, action: string): SessionState {
  return { ...state, actions: [...state.actions, action].slice(-maxActions) };
}

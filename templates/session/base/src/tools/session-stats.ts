/** Shows what the server keeps for the calling session, and for no other. */
import type { Tool } from "fastmcp";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

export function sessionStats(states: SessionStates): Tool<UserSession> {
  return {
    name: "sessionStats",
    description: "How often this session called which tool, and since when.",
    annotations: { readOnlyHint: true, openWorldHint: false },
    execute: async (_args, context) => {
      const { user } = requireUser(context.session);
      const state = await states.enter(context, "sessionStats");
      return JSON.stringify({
        user,
        sessionId: context.sessionId ?? null,
        openedAt: new Date(state.openedAt).toISOString(),
        calls: state.calls,
        actions: state.actions.length,
      });
    },
  };
}

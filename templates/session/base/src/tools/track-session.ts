/** Remembers an action in the session's state and answers with the ids that belong to the call. */
import type { Tool } from "fastmcp";
import { z } from "zod";
import { callIds } from "../call-ids.ts";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

const parameters = z.object({
  action: z.string().min(1).max(200).describe("What to remember for this session"),
});

export function trackSession(states: SessionStates): Tool<UserSession, typeof parameters> {
  return {
    name: "trackSession",
    description: "Remember an action for this session only; lists what it remembers so far.",
    parameters,
    execute: async ({ action }, context) => {
      const { user } = requireUser(context.session);
      await states.enter(context, "trackSession");
      const { actions } = await states.addAction(context, action);
      return JSON.stringify({ user, ...callIds(context), actions });
    },
  };
}

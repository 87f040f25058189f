/** Says who the server takes the caller for. */
import type { Tool } from "fastmcp";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

export function whoami(states: SessionStates): Tool<UserSession> {
  return {
    name: "whoami",
    description: "Who am I to this server: user, role, session and client.",
    annotations: { readOnlyHint: true, openWorldHint: false },
    execute: async (_args, context) => {
      const { user, role, transport } = requireUser(context.session);
      await states.enter(context, "whoami");
      const client = context.client.version;
      return JSON.stringify({
        user,
        role,
        transport,
        sessionId: context.sessionId ?? null,
        client: client === undefined ? null : `${client.name} ${client.version}`,
      });
    },
  };
}

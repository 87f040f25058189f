/** Shows admins who is connected to this process. */
import type { FastMCP, Tool } from "fastmcp";
import type { SessionStates } from "../session-states.ts";
import { requireRole, type UserSession } from "../session.ts";

export function listSessions(server: FastMCP<UserSession>, states: SessionStates): Tool<UserSession> {
  return {
    name: "listSessions",
    description: "The sessions of this server, for admins.",
    annotations: { readOnlyHint: true, openWorldHint: false },
    // Hides the tool from everybody else, but only over HTTP: over stdio FastMCP does not ask. So `execute` looks as well.
    canAccess: (session) => session.role === "admin",
    execute: async (_args, context) => {
      requireRole(context.session, "admin");
      await states.enter(context, "listSessions");
      const sessions = server.sessions.map((session) => ({
        sessionId: session.sessionId ?? null,
        client: session.server.getClientVersion()?.name ?? null,
      }));
      return JSON.stringify({ sessions });
    },
  };
}

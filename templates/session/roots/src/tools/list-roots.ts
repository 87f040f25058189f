/** The folders that the client lets this server work in, as they are now. */
import { UserError, type FastMCPSession, type Tool } from "fastmcp";
import type { ConnectedSessions } from "../connected-sessions.ts";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

/**
 * How long to wait for each attempt. Over HTTP the question travels on the stream that the client opens for the server's
 * messages; one that is asked before that stream is open is lost, hence more than one attempt.
 */
const attemptsMs = [500, 2000, 5000];

export function listRoots(states: SessionStates, sessions: ConnectedSessions): Tool<UserSession> {
  return {
    name: "listRoots",
    description: "The folders that the client has opened to this server.",
    annotations: { readOnlyHint: true, openWorldHint: false },
    execute: async (_args, context) => {
      requireUser(context.session);
      await states.enter(context, "listRoots");
      const session = await sessions.find(context.sessionId, context.signal);
      if (session.server.getClientCapabilities()?.roots === undefined) {
        throw new UserError("This client does not support roots.");
      }
      const roots = session.roots.length > 0 ? session.roots : await askForRoots(session, context.signal);
      return JSON.stringify({ roots: roots.map(({ uri, name }) => ({ uri, name: name ?? null })) });
    },
  };
}

/** `session.roots` is filled by `rootsChanged`; over HTTP it is empty until then, so the client is asked. */
async function askForRoots(session: FastMCPSession, signal: AbortSignal): Promise<FastMCPSession["roots"]> {
  for (const timeout of attemptsMs) {
    try {
      return (await session.server.listRoots(undefined, { timeout, signal })).roots;
    } catch {
      signal.throwIfAborted();
    }
  }
  throw new UserError("The client did not say which roots it has.");
}

/** All tools of the server. */
import type { FastMCP } from "fastmcp";
import { ConnectedSessions } from "../connected-sessions.ts";
import type { SessionStates } from "../session-states.ts";
import type { UserSession } from "../session.ts";
import { forgetActions } from "./forget-actions.ts";
import { listRoots } from "./list-roots.ts";
import { listSessions } from "./list-sessions.ts";
import { sessionStats } from "./session-stats.ts";
import { trackSession } from "./track-session.ts";
import { trackedOperation } from "./tracked-operation.ts";
import { whoami } from "./whoami.ts";

export function addTools(server: FastMCP<UserSession>, states: SessionStates): void {
  server.addTool(whoami(states));
  server.addTool(trackSession(states));
  server.addTool(trackedOperation(states));
  server.addTool(sessionStats(states));
  server.addTool(forgetActions(states));
  server.addTool(listSessions(server, states));
  server.addTool(listRoots(states, new ConnectedSessions(server)));
}

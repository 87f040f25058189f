/** Builds the server without starting it, so that tests can have as many as they like. */
import { FastMCP } from "fastmcp";
import { authenticator, type Authenticate, type Environment } from "./auth.ts";
import { currentUserResource } from "./current-user-resource.ts";
import { keepThroughReloads } from "./keep-through-reloads.ts";
import { followSessions } from "./lifecycle.ts";
import { fastmcpLogger, logToStderr, type Log } from "./log.ts";
import { personalizedGreetingPrompt } from "./personalized-greeting-prompt.ts";
import { rootsOptions } from "./roots-options.ts";
import type { UserSession } from "./session.ts";
import { SessionOwners } from "./session-owners.ts";
import { SessionStates } from "./state.ts";
import { addTools } from "./tools/index.ts";

export type CreateServerOptions = {
  readonly environment?: Environment;
  readonly log?: Log;
  readonly refuseStdio?: (reason: string) => never;
  readonly states?: SessionStates;
};

export function createServer(options: CreateServerOptions = {}): FastMCP<UserSession> {
  const { environment = process.env, log = logToStderr, refuseStdio = endProcess } = options;
  const states = options.states ?? new SessionStates();
  const owners = new SessionOwners();
  const authenticate: Authenticate = authenticator({ environment, owners, refuseStdio });

  const server = new FastMCP<UserSession>({
    name: "my-fastmcp-server",
    version: "0.1.0",
    logger: fastmcpLogger(log),
    authenticate,
    roots: rootsOptions,
  });
  addTools(server, states);
  server.addResource(currentUserResource);
  server.addPrompt(personalizedGreetingPrompt);
  keepThroughReloads(states);
  followSessions(server, { log, states, owners });
  return server;
}

function endProcess(reason: string): never {
  logToStderr(`refused to serve over stdio: ${reason}`);
  process.exit(1);
}

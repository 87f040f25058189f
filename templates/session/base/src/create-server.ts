/** Builds the server without starting it, so that tests can have as many as they like. */
import { FastMCP } from "fastmcp";
import { createAuthentication } from "./auth.ts";
import type { Environment } from "./environment.ts";
import { followSessions } from "./lifecycle.ts";
import { fastmcpLogger, logToStderr, type Log } from "./log.ts";
import { openStore } from "./open-store.ts";
import { addPrompts } from "./prompts/index.ts";
import { addResources } from "./resources/index.ts";
import { rootsOptions } from "./roots-options.ts";
import { SessionStates } from "./session-states.ts";
import type { UserSession } from "./session.ts";
import type { StateStore } from "./state-store.ts";
import { addTools } from "./tools/index.ts";

export type CreateServerOptions = {
  readonly environment?: Environment;
  readonly log?: Log;
  readonly refuseStdio?: (reason: string) => never;
  readonly store?: StateStore;
};

export function createServer(options: CreateServerOptions = {}): FastMCP<UserSession> {
  const { environment = process.env, log = logToStderr, refuseStdio = endProcess } = options;
  const states = new SessionStates(options.store ?? openStore(environment, log));
  const { forget, ...authentication } = createAuthentication({ environment, log, refuseStdio });

  const server = new FastMCP<UserSession>({
    name: "my-fastmcp-server",
    version: "0.1.0",
    logger: fastmcpLogger(log),
    roots: rootsOptions,
    ...authentication,
  });
  addTools(server, states);
  addResources(server);
  addPrompts(server);
  followSessions(server, {
    log,
    onEnd: (sessionId) => {
      if (sessionId !== undefined) forget(sessionId);
      states
        .drop(sessionId)
        .catch((error: unknown) => log(`a session's state was not dropped: ${String(error)}`));
    },
  });
  return server;
}

function endProcess(reason: string): never {
  logToStderr(`refused to serve over stdio: ${reason}`);
  process.exit(1);
}

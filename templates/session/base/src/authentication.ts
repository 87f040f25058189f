/** What `src/auth.ts` gives to the server, however callers prove who they are. */
import type { IncomingMessage } from "node:http";
import type { ServerOptions } from "fastmcp";
import type { Environment } from "./environment.ts";
import type { Log } from "./log.ts";
import type { UserSession } from "./session.ts";

export type AuthenticationOptions = {
  readonly environment: Environment;
  readonly log: Log;
  /** Ends a stdio server that may not serve whoever started it. */
  readonly refuseStdio: (reason: string) => never;
};

export type Authentication = {
  /** Called for each HTTP request, and once over stdio, without one. A thrown Response is the answer, as it is. */
  readonly authenticate: (request: IncomingMessage | undefined) => Promise<UserSession>;
  /** What FastMCP serves beside `/mcp`, so that clients can sign in. */
  readonly oauth?: NonNullable<ServerOptions<UserSession>["oauth"]>;
  /** The session is over. */
  readonly forget: (sessionId: string) => void;
};

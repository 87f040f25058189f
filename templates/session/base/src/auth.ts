/** Turns a caller's token into a UserSession, or refuses: bearer tokens over HTTP, the environment over stdio. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Role, UserSession } from "./session.ts";
import type { SessionOwners } from "./session-owners.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type AuthOptions = {
  readonly environment: Environment;
  readonly owners: SessionOwners;
  /** Ends a stdio server whose caller has no valid token. */
  readonly refuseStdio: (reason: string) => never;
};

/** FastMCP passes no request over stdio. */
export type Authenticate = (request: IncomingMessage | undefined) => Promise<UserSession>;

export function authenticator({ environment, owners, refuseStdio }: AuthOptions): Authenticate {
  return (request) => {
    if (request === undefined) {
      const role = roleOf(environment["MCP_TOKEN"], environment);
      // FastMCP would log a thrown error and go on serving without a session, so the process must end here.
      if (role === undefined) return refuseStdio("MCP_TOKEN is not set to a valid token");
      return Promise.resolve({ user: role, role, transport: "stdio" });
    }
    return authenticateRequest(request, environment, owners);
  };
}

async function authenticateRequest(
  request: IncomingMessage,
  environment: Environment,
  owners: SessionOwners,
): Promise<UserSession> {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
  const role = roleOf(token, environment);
  if (role === undefined) throw unauthorized();
  const sessionId = request.headers["mcp-session-id"];
  // A session answers only to the user who opened it, whoever else has a valid token and learns its id.
  if (typeof sessionId === "string" && !owners.claim(sessionId, role)) throw sessionNotFound();
  return { user: role, role, transport: "http" };
}

function roleOf(token: string | undefined, environment: Environment): Role | undefined {
  // Both are compared, always, so that the time taken says nothing about which one was close.
  const admin = matches(token, environment["MCP_ADMIN_TOKEN"]);
  const user = matches(token, environment["MCP_USER_TOKEN"]);
  return admin ? "admin" : user ? "user" : undefined;
}

/** Compares in constant time; the digests make both sides the same length. */
function matches(token: string | undefined, expected: string | undefined): boolean {
  const equal = timingSafeEqual(digest(token ?? ""), digest(expected ?? ""));
  return equal && token !== undefined && token !== "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** FastMCP answers the request with a thrown Response as it is. */
function unauthorized(): Response {
  return rpcError(401, -32001, "Unauthorized: send one of this server's tokens as a bearer token", {
    "www-authenticate": 'Bearer realm="mcp"',
  });
}

/** 404 tells a client to open a session of its own. */
function sessionNotFound(): Response {
  return rpcError(404, -32001, "Session not found");
}

function rpcError(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null }), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

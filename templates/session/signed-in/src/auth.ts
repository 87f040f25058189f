/** Lets callers in by a token: a bearer token over HTTP, MCP_TOKEN of the environment over stdio. */
import type { IncomingMessage } from "node:http";
import type { Authentication, AuthenticationOptions } from "./authentication.ts";
import { refuseOlderTransport, sessionNotFound, unauthorized, unavailable } from "./refusals.ts";
import { SessionOwners } from "./session-owners.ts";
import type { UserSession } from "./session.ts";
import { createTokenVerifier } from "./token-verifier.ts";
import { InvalidToken, type User } from "./users.ts";

export function createAuthentication({
  environment,
  log,
  refuseStdio,
}: AuthenticationOptions): Authentication {
  const verifier = createTokenVerifier(environment);
  const owners = new SessionOwners();
  if (verifier.warning !== undefined) log(verifier.warning);

  async function overStdio(): Promise<UserSession> {
    // FastMCP would log a thrown error and go on serving a session without a user, so the process must end here.
    const token = environment["MCP_TOKEN"] ?? "";
    if (token === "") return refuseStdio("MCP_TOKEN is not set (see .env.example)");
    const user = await verifier
      .verify(token, "stdio")
      .catch((error: unknown) => refuseStdio(`MCP_TOKEN is not accepted: ${reasonOf(error)}`));
    return { ...user, transport: "stdio" };
  }

  async function overHttp(request: IncomingMessage): Promise<UserSession> {
    refuseOlderTransport(request);
    const user = await userOf(request);
    const sessionId = request.headers["mcp-session-id"];
    // A session answers only to the user who opened it, whoever else has a valid token and learns its id.
    if (typeof sessionId === "string" && !owners.claim(sessionId, user.user)) throw sessionNotFound();
    return { ...user, transport: "http" };
  }

  async function userOf(request: IncomingMessage): Promise<User> {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) throw unauthorized("Unauthorized: send a bearer token", verifier.challenge);
    try {
      return await verifier.verify(token, "http");
    } catch (error) {
      if (error instanceof InvalidToken) {
        const reason = { error: "invalid_token", error_description: error.message };
        throw unauthorized(`Unauthorized: ${error.message}`, { ...verifier.challenge, ...reason });
      }
      log(`could not verify a token: ${reasonOf(error)}`);
      throw unavailable("Tokens cannot be verified at the moment");
    }
  }

  return {
    authenticate: (request) => (request === undefined ? overStdio() : overHttp(request)),
    forget: (sessionId) => owners.drop(sessionId),
    ...(verifier.oauth === undefined ? {} : { oauth: verifier.oauth }),
  };
}

/** With its cause: of a server that cannot be reached, only that says which. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}

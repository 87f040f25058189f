/** Who is behind a session: what `authenticate` returns and every tool, resource and prompt receives. */
import { UserError } from "fastmcp";

export type Role = "admin" | "user";

export type UserSession = {
  readonly user: string;
  readonly role: Role;
  readonly transport: "http" | "stdio";
};

/** What a tool, a resource and a prompt have in common in their context. */
export type SessionContext = {
  readonly session: UserSession | undefined;
  /** The Mcp-Session-Id over HTTP; undefined over stdio, where one process is one session. */
  readonly sessionId?: string | undefined;
};

/**
 * FastMCP types the session as optional, and it is: a server without `authenticate` has none.
 * @throws UserError, which the client is shown.
 */
export function requireUser(session: UserSession | undefined): UserSession {
  if (session === undefined) throw new UserError("This session is not signed in.");
  return session;
}

/** @throws UserError, which the client is shown. */
export function requireRole(session: UserSession | undefined, role: Role): UserSession {
  const found = requireUser(session);
  if (found.role !== role) throw new UserError(`Only for the role ${role}.`);
  return found;
}

/** What a token is worth: a user, or the reason why not. */
import type { Authentication } from "./authentication.ts";
import type { UserSession } from "./session.ts";

export type User = Pick<UserSession, "user" | "role">;

/** The token is at fault, and its sender is told why. Any other error is the server's own. */
export class InvalidToken extends Error {}

export type TokenVerifier = {
  /** @throws InvalidToken */
  readonly verify: (token: string, transport: UserSession["transport"]) => Promise<User>;
  /** What WWW-Authenticate says to a client without a valid token. */
  readonly challenge: Readonly<Record<string, string>>;
  /** What whoever starts the server has to know. */
  readonly warning?: string;
  readonly oauth?: NonNullable<Authentication["oauth"]>;
};

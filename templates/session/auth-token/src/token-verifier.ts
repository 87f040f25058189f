/** Two tokens of the environment: one for the role admin, one for user. For development, and for servers with few callers. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Environment } from "./environment.ts";
import { InvalidToken, type TokenVerifier } from "./users.ts";

const noTokens =
  "nobody can come in: neither MCP_ADMIN_TOKEN nor MCP_USER_TOKEN is set (copy .env.example to .env and fill them in)";

export function createTokenVerifier(environment: Environment): TokenVerifier {
  const isClosed = !environment["MCP_ADMIN_TOKEN"] && !environment["MCP_USER_TOKEN"];
  return {
    challenge: { realm: "mcp" },
    ...(isClosed ? { warning: noTokens } : {}),
    verify: (token) => {
      // Both are compared, always, so that the time taken says nothing about which one was close.
      const admin = matches(token, environment["MCP_ADMIN_TOKEN"]);
      const user = matches(token, environment["MCP_USER_TOKEN"]);
      if (admin) return Promise.resolve({ user: "admin", role: "admin" });
      if (user) return Promise.resolve({ user: "user", role: "user" });
      return Promise.reject(new InvalidToken("the token is none of this server's"));
    },
  };
}

/** Compares in constant time; the digests make both sides the same length. */
function matches(token: string, expected = ""): boolean {
  const equal = timingSafeEqual(digest(token), digest(expected));
  // A token that is not set lets nobody in.
  return equal && expected !== "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

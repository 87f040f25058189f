/** The local development tokens of one new project, random and made at its creation. */
import { randomBytes } from "node:crypto";

export type Tokens = { readonly admin: string; readonly user: string };

const tokenBytes = 24;

export function newTokens(): Tokens {
  return { admin: newToken("admin"), user: newToken("user") };
}

function newToken(role: string): string {
  return `dev-${role}-${randomBytes(tokenBytes).toString("base64url")}`;
}

/** Fills the tokens into the template's .env.example; over stdio the user's token is the one that is used. */
export function fillEnv(example: string, { admin, user }: Tokens): string {
  const values: Readonly<Record<string, string>> = {
    MCP_ADMIN_TOKEN: admin,
    MCP_USER_TOKEN: user,
    MCP_TOKEN: user,
  };
  return example
    .replace(/^# Copy to \.env\. /m, "# Made for this project when it was created. ")
    .replace(/^([A-Z_]+)=$/gm, (line, name: string) =>
      Object.hasOwn(values, name) ? `${name}=${values[name] ?? ""}` : line,
    );
}

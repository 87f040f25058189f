/** Where callers sign in, read from the environment. What is not set is GitHub's. */
import { z } from "zod";
import type { Environment } from "./environment.ts";

export type OAuthSettings = {
  /** How clients reach this server, without `/mcp`. */
  readonly publicUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Answers with the user that an access token belongs to. */
  readonly userUrl: string;
  readonly scopes: readonly string[];
  /** Signs the tokens that clients are given. */
  readonly signingKey: string;
  /** Encrypts what is stored. */
  readonly encryptionKey: string;
  readonly admins: ReadonlySet<string>;
  /** Where a client may ask to be sent back to, beside what is known already. Patterns with `*`. */
  readonly redirects: readonly string[];
};

const url = z.url({ protocol: /^https?$/ });
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ""));

const schema = z.object({
  PORT: z.string().default("8080"),
  PUBLIC_URL: url.optional(),
  OAUTH_CLIENT_ID: z.string(),
  OAUTH_CLIENT_SECRET: z.string(),
  OAUTH_AUTHORIZE_URL: url.default("https://github.com/login/oauth/authorize"),
  OAUTH_TOKEN_URL: url.default("https://github.com/login/oauth/access_token"),
  OAUTH_USER_URL: url.default("https://api.github.com/user"),
  OAUTH_SCOPES: list.default(["read:user"]),
  OAUTH_SIGNING_KEY: z.string(),
  OAUTH_ENCRYPTION_KEY: z.string(),
  OAUTH_ADMINS: list.default([]),
  OAUTH_REDIRECTS: list.default([]),
});

/** @throws Error that names the variables which are missing or wrong. */
export function readOAuthSettings(environment: Environment): OAuthSettings {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const read = schema.safeParse(set);
  if (!read.success) {
    const names = read.error.issues.map(({ path }) => path.join("."));
    throw new Error(`missing or wrong in the environment: ${names.join(", ")} (see .env.example)`);
  }
  const { data } = read;
  return {
    publicUrl: (data.PUBLIC_URL ?? `http://127.0.0.1:${data.PORT}`).replace(/\/$/, ""),
    clientId: data.OAUTH_CLIENT_ID,
    clientSecret: data.OAUTH_CLIENT_SECRET,
    authorizeUrl: data.OAUTH_AUTHORIZE_URL,
    tokenUrl: data.OAUTH_TOKEN_URL,
    userUrl: data.OAUTH_USER_URL,
    scopes: data.OAUTH_SCOPES,
    signingKey: data.OAUTH_SIGNING_KEY,
    encryptionKey: data.OAUTH_ENCRYPTION_KEY,
    admins: new Set(data.OAUTH_ADMINS),
    redirects: data.OAUTH_REDIRECTS,
  };
}

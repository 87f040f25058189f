/** What only one new project knows: the tokens and keys of its .env, random and made at its creation. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Auth } from "./catalogue.ts";

/** Names of environment variables → values. */
export type Secrets = Readonly<Record<string, string>>;

const secretBytes = 24;
/** How long the first JSON Web Token lasts, in seconds; `npm run token` makes others. */
const firstTokenSeconds = 30 * 24 * 60 * 60;

/** @param name of the project, which its development tokens are issued by and for. */
export function newSecrets(auth: Auth, name: string): Secrets {
  switch (auth) {
    case "none":
      return {};
    case "token": {
      const user = `dev-user-${randomText()}`;
      return { MCP_ADMIN_TOKEN: `dev-admin-${randomText()}`, MCP_USER_TOKEN: user, MCP_TOKEN: user };
    }
    case "jwt": {
      const { privateKey } = generateKeyPairSync("ed25519");
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        sub: "user",
        role: "user",
        iss: name,
        aud: name,
        iat: now,
        exp: now + firstTokenSeconds,
      };
      const text = `${encode({ alg: "EdDSA" })}.${encode(claims)}`;
      const signature = sign(null, Buffer.from(text), privateKey).toString("base64url");
      return {
        JWT_LOCAL_KEY: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
        MCP_TOKEN: `${text}.${signature}`,
      };
    }
    case "oauth":
      return { OAUTH_SIGNING_KEY: randomText(), OAUTH_ENCRYPTION_KEY: randomText() };
  }
}

function randomText(): string {
  return randomBytes(secretBytes).toString("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Fills the secrets into the template's .env.example. */
export function fillEnv(example: string, secrets: Secrets): string {
  return example
    .replace(/^# Copy to \.env\. /m, "# Made for this project when it was created. ")
    .replace(/^([A-Z_]+)=$/gm, (line, name: string) =>
      Object.hasOwn(secrets, name) ? `${name}=${secrets[name] ?? ""}` : line,
    );
}

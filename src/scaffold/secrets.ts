/** What only one new project knows: the tokens and keys of its .env, random and made at its creation. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { parseEnv } from "node:util";
import type { Auth } from "./catalogue.ts";

/** Names of environment variables → values. */
export type Secrets = Readonly<Record<string, string>>;

const secretBytes = 24;
/** How long the first JSON Web Token lasts, in seconds; `npm run token` makes others. */
const firstTokenSeconds = 30 * 24 * 60 * 60;

/**
 * @param name of the project, which its development tokens are issued by and for.
 * @param known variables of a .env that stays: what is new fits to them.
 */
export function newSecrets(auth: Auth, name: string, known: NodeJS.Dict<string> = {}): Secrets {
  switch (auth) {
    case "none":
      return {};
    case "token": {
      const user = known["MCP_USER_TOKEN"] ?? `dev-user-${randomText()}`;
      return { MCP_ADMIN_TOKEN: `dev-admin-${randomText()}`, MCP_USER_TOKEN: user, MCP_TOKEN: user };
    }
    case "jwt": {
      // A token that another key signs would be refused; `npm run token` makes one.
      if (known["JWT_LOCAL_KEY"] !== undefined) return {};
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

/**
 * Adds to a .env the variables that it has not, each below what the other one says about it. What is there stays.
 * @param filled the .env of a new project.
 */
export function addMissing(present: string, filled: string): string {
  const known = parseEnv(present.replace(/^\uFEFF/, ""));
  const isMissing = (line: string): boolean => !Object.hasOwn(known, line.split("=", 1)[0] ?? "");
  const added = filled.split(/\n{2,}/).flatMap((paragraph) => {
    const lines = paragraph.split("\n").filter((line) => line !== "");
    const missing = lines.filter((line) => !line.startsWith("#") && isMissing(line));
    const comments = lines.filter((line) => line.startsWith("#"));
    return missing.length === 0 ? [] : [[...comments, ...missing].join("\n")];
  });
  if (added.length === 0) return present;
  const eol = present.includes("\r\n") ? "\r\n" : "\n";
  const gap = present === "" ? "" : present.endsWith("\n") ? eol : eol + eol;
  return `${present}${gap}${`${added.join("\n\n")}\n`.replaceAll("\n", eol)}`;
}

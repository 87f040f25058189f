/** How the tests sign in: with tokens that they sign themselves, by a key pair of their own. */
import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import type { Role } from "../src/session.ts";
import type { SignIn } from "./sign-in.ts";

const { privateKey } = generateKeyPairSync("ed25519");

export const authEnvironment = {
  JWT_ISSUER: "https://issuer.example",
  JWT_AUDIENCE: "https://mcp.example",
  JWT_LOCAL_KEY: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
};

/** A token as the issuer makes it; `change` makes it another one. */
export function signToken(
  claims: Record<string, unknown>,
  change = (token: SignJWT) => token,
): Promise<string> {
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer(authEnvironment.JWT_ISSUER)
    .setAudience(authEnvironment.JWT_AUDIENCE)
    .setExpirationTime("1m");
  return change(token).sign(privateKey);
}

/** What goes into MCP_TOKEN of a stdio server. */
export function stdioToken(role: Role): Promise<string> {
  return signToken({ sub: role, role });
}

export const signIn: SignIn = async (_url, role) => ({ authorization: `Bearer ${await stdioToken(role)}` });

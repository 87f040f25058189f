/** The key pair of JWT_LOCAL_KEY, for development: the server verifies with one half, `scripts/token.ts` signs with the other. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Environment } from "./environment.ts";

/** @throws Error if the variable is not set, or not what it should be. */
export function localPrivateKey(environment: Environment): KeyObject {
  const text = environment["JWT_LOCAL_KEY"] ?? "";
  if (text === "") throw new Error("neither JWT_JWKS_URL nor JWT_LOCAL_KEY is set (see .env.example)");
  try {
    return createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });
  } catch {
    throw new Error("JWT_LOCAL_KEY is not a private key (PKCS #8, DER, base64)");
  }
}

export function localPublicKey(environment: Environment): KeyObject {
  return createPublicKey(localPrivateKey(environment));
}

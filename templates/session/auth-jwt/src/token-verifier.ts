/** JSON Web Tokens: signed by the issuer whose keys JWT_JWKS_URL serves, or, in development, by `scripts/token.ts`. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import { z } from "zod";
import type { Environment } from "./environment.ts";
import { localPublicKey } from "./local-key.ts";
import { InvalidToken, type TokenVerifier } from "./users.ts";

/** What this server reads of a token. Issuers name roles differently: change it here. */
const claims = z.object({ sub: z.string().min(1), role: z.enum(["admin", "user"]).default("user") });

export function createTokenVerifier(environment: Environment): TokenVerifier {
  const options: JWTVerifyOptions = {
    issuer: required(environment, "JWT_ISSUER"),
    audience: required(environment, "JWT_AUDIENCE"),
    requiredClaims: ["sub", "exp"],
    // Asymmetric ones only: a public key must never be taken for a shared secret.
    algorithms: ["EdDSA", "Ed25519", "ES256", "ES384", "PS256", "RS256"],
    clockTolerance: "5s",
  };
  const check = signatureCheck(environment, options);
  return {
    challenge: { realm: "mcp" },
    verify: async (token) => {
      const payload = await check(token).catch((error: unknown) => {
        throw isTokensFault(error) ? new InvalidToken(error.message) : error;
      });
      const read = claims.safeParse(payload);
      if (!read.success) throw new InvalidToken("the token's claims are not understood");
      return { user: read.data.sub, role: read.data.role };
    },
  };
}

type Check = (token: string) => Promise<JWTPayload>;

function signatureCheck(environment: Environment, options: JWTVerifyOptions): Check {
  const url = environment["JWT_JWKS_URL"] ?? "";
  if (url !== "") {
    // Fetched when first needed and kept for a while; fetched again when a token names a key that is not among them.
    const keys = createRemoteJWKSet(new URL(url));
    return async (token) => (await jwtVerify(token, keys, options)).payload;
  }
  const key = localPublicKey(environment);
  return async (token) => {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      // jose's for a token whose algorithm does not go with the key.
      throw error instanceof TypeError ? new InvalidToken(error.message) : error;
    }
  };
}

/** Everything else, such as a key server that does not answer (a TypeError of fetch), is not. */
function isTokensFault(error: unknown): error is Error {
  return (
    error instanceof InvalidToken ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    // It names no key, and several would do.
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function required(environment: Environment, name: string): string {
  const value = environment[name] ?? "";
  if (value === "") throw new Error(`${name} is not set (see .env.example)`);
  return value;
}

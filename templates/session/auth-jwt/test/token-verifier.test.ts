/** Which tokens are valid, with a local key and with keys that an issuer serves. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import { exportJWK, SignJWT } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import { localPrivateKey } from "../src/local-key.ts";
import { createTokenVerifier } from "../src/token-verifier.ts";
import { InvalidToken } from "../src/users.ts";
import { authEnvironment, signToken } from "./credentials.ts";

describe("a local key", () => {
  const { verify } = createTokenVerifier(authEnvironment);

  test("a token of its own is its subject's, as user unless it says admin", async () => {
    expect(await verify(await signToken({ sub: "alice" }), "http")).toEqual({ user: "alice", role: "user" });
    const admin = await signToken({ sub: "bob", role: "admin" });
    expect(await verify(admin, "http")).toEqual({ user: "bob", role: "admin" });
  });

  test.each<[string, Record<string, unknown>, (token: SignJWT) => SignJWT]>([
    ["that has expired", { sub: "a" }, (token) => token.setExpirationTime("1 minute ago")],
    ["that is not valid yet", { sub: "a" }, (token) => token.setNotBefore("1 hour")],
    ["for somebody else", { sub: "a" }, (token) => token.setAudience("https://other.example")],
    ["from somebody else", { sub: "a" }, (token) => token.setIssuer("https://other.example")],
    ["of nobody", {}, (token) => token],
    ["with a role that does not exist", { sub: "a", role: "root" }, (token) => token],
  ])("a token %s is refused", async (_name, claims, change) => {
    await expect(verify(await signToken(claims, change), "http")).rejects.toThrow(InvalidToken);
  });

  test("a token that never expires is refused", async () => {
    await expect(verify(await withoutExpiry(), "http")).rejects.toThrow(InvalidToken);
  });

  test("a token of another key, an altered one, and tricks with the algorithm are refused", async () => {
    const other = await tokenOf(generateKeyPairSync("ed25519").privateKey, "EdDSA");
    const [header = "", , signature = ""] = (await signToken({ sub: "user" })).split(".");
    const altered = `${header}.${encode({ sub: "admin", role: "admin" })}.${signature}`;
    for (const token of [other, altered, unsigned(), signedWithPublicKey(), "not.a.token", ""]) {
      await expect(verify(token, "http")).rejects.toThrow(InvalidToken);
    }
  });
});

describe("keys that an issuer serves", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serveKeys(status = 200, kids = ["one"]): Promise<string> {
    const jwk = { ...(await exportJWK(publicKey)), alg: "RS256", use: "sig" };
    const server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ keys: kids.map((kid) => ({ ...jwk, kid })) }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no address");
    return `http://127.0.0.1:${address.port}/jwks`;
  }

  const verifierFor = (url: string) => createTokenVerifier({ ...authEnvironment, JWT_JWKS_URL: url });

  test("are used, and the local key no longer is", async () => {
    const { verify } = verifierFor(await serveKeys());
    expect(await verify(await tokenOf(privateKey, "RS256", "one"), "http")).toEqual({
      user: "a",
      role: "user",
    });
    await expect(verify(await signToken({ sub: "a" }), "http")).rejects.toThrow(InvalidToken);
    await expect(verify(await tokenOf(privateKey, "RS256", "two"), "http")).rejects.toThrow(InvalidToken);
  });

  test("a token that does not say which of several it is signed with is refused", async () => {
    const { verify } = verifierFor(await serveKeys(200, ["one", "two"]));
    await expect(verify(await tokenOf(privateKey, "RS256"), "http")).rejects.toThrow(InvalidToken);
  });

  test("that cannot be fetched are not the token's fault", async () => {
    const broken = await serveKeys(500);
    // Nobody listens on a port that was just given back.
    const gone = await serveKeys();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    for (const url of [broken, gone]) {
      const { verify } = verifierFor(url);
      const outcome = verify(await tokenOf(privateKey, "RS256", "one"), "http");
      await expect(outcome).rejects.toThrow();
      await expect(outcome).rejects.not.toBeInstanceOf(InvalidToken);
    }
  });
});

test("what is missing or broken in the environment is said at the start", () => {
  expect(() => createTokenVerifier({})).toThrow(/JWT_ISSUER is not set/);
  const { JWT_ISSUER, JWT_AUDIENCE } = authEnvironment;
  expect(() => createTokenVerifier({ JWT_ISSUER, JWT_AUDIENCE })).toThrow(
    /neither JWT_JWKS_URL nor JWT_LOCAL_KEY/,
  );
  expect(() => createTokenVerifier({ ...authEnvironment, JWT_LOCAL_KEY: "x" })).toThrow(/not a private key/);
});

function tokenOf(key: KeyObject, alg: string, kid?: string): Promise<string> {
  return new SignJWT({ sub: "a" })
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(authEnvironment.JWT_ISSUER)
    .setAudience(authEnvironment.JWT_AUDIENCE)
    .setExpirationTime("1m")
    .sign(key);
}

function withoutExpiry(): Promise<string> {
  return new SignJWT({ sub: "a" })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer(authEnvironment.JWT_ISSUER)
    .setAudience(authEnvironment.JWT_AUDIENCE)
    .sign(localPrivateKey(authEnvironment));
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const validClaims = {
  sub: "a",
  iss: authEnvironment.JWT_ISSUER,
  aud: authEnvironment.JWT_AUDIENCE,
  exp: Math.floor(Date.now() / 1000) + 60,
};

function unsigned(): string {
  return `${encode({ alg: "none" })}.${encode(validClaims)}.`;
}

/** Taken for a shared secret, the public key would let everybody sign. */
function signedWithPublicKey(): string {
  const secret = createPublicKey(localPrivateKey(authEnvironment)).export({ format: "pem", type: "spki" });
  const text = `${encode({ alg: "HS256" })}.${encode(validClaims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

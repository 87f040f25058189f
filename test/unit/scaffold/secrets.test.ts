/** The secrets of a new project: its own each time, and good for what they are for. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { jwtVerify } from "jose";
import { expect, test } from "vitest";
import { auths } from "../../../src/scaffold/catalogue.ts";
import { fillEnv, newSecrets } from "../../../src/scaffold/secrets.ts";

test("are different each time, and fill the example", () => {
  for (const auth of auths) {
    const [one, other] = [newSecrets(auth, "x"), newSecrets(auth, "x")];
    for (const [name, value] of Object.entries(one)) expect(value).not.toBe(other[name]);
  }
  const secrets = newSecrets("token", "x");
  expect(fillEnv("MCP_USER_TOKEN=\nOTHER=\n", secrets)).toBe(
    `MCP_USER_TOKEN=${secrets["MCP_USER_TOKEN"] ?? ""}\nOTHER=\n`,
  );
});

test("the first token over stdio is the user's", () => {
  const { MCP_TOKEN, MCP_USER_TOKEN } = newSecrets("token", "x");
  expect(MCP_TOKEN).toBe(MCP_USER_TOKEN);
});

test("fit to what a .env says that stays", () => {
  expect(newSecrets("token", "x", { MCP_USER_TOKEN: "known" })["MCP_TOKEN"]).toBe("known");
  expect(newSecrets("jwt", "x", { JWT_LOCAL_KEY: "known" })).toEqual({});
});

test("the first JSON Web Token is signed by the local key, for this project alone", async () => {
  const { JWT_LOCAL_KEY = "", MCP_TOKEN = "" } = newSecrets("jwt", "@acme/weather");
  const key = createPrivateKey({ key: Buffer.from(JWT_LOCAL_KEY, "base64"), format: "der", type: "pkcs8" });
  const expected = { issuer: "@acme/weather", audience: "@acme/weather", requiredClaims: ["exp"] };
  const { payload } = await jwtVerify(MCP_TOKEN, createPublicKey(key), expected);
  expect(payload).toMatchObject({ sub: "user", role: "user" });
});

/** The two tokens. */
import { expect, test } from "vitest";
import { createTokenVerifier } from "../src/token-verifier.ts";
import { InvalidToken } from "../src/users.ts";

test("each token has its role", async () => {
  const { verify } = createTokenVerifier({ MCP_ADMIN_TOKEN: "a", MCP_USER_TOKEN: "u" });
  expect(await verify("a", "http")).toEqual({ user: "admin", role: "admin" });
  expect(await verify("u", "http")).toEqual({ user: "user", role: "user" });
  await expect(verify("x", "http")).rejects.toThrow(InvalidToken);
});

test("a token that is not set lets nobody in", async () => {
  const { verify } = createTokenVerifier({ MCP_ADMIN_TOKEN: "" });
  await expect(verify("", "http")).rejects.toThrow(InvalidToken);
});

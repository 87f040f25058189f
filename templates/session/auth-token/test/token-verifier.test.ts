/** The two tokens. */
import { expect, test } from "vitest";
import { createAuthentication } from "../src/auth.ts";
import type { Environment } from "../src/environment.ts";
import { createTokenVerifier } from "../src/token-verifier.ts";
import { InvalidToken } from "../src/users.ts";
import { authEnvironment } from "./credentials.ts";

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

test("a server that lets nobody in says so, and what to do", () => {
  const said = (environment: Environment): string[] => {
    const lines: string[] = [];
    const refuseStdio = (reason: string): never => {
      throw new Error(reason);
    };
    createAuthentication({ environment, log: (line) => lines.push(line), refuseStdio });
    return lines;
  };
  for (const environment of [{}, { MCP_ADMIN_TOKEN: "", MCP_USER_TOKEN: "" }])
    expect(said(environment)).toEqual([expect.stringMatching(/nobody .*MCP_ADMIN_TOKEN.*\.env\.example/)]);
  expect(said({ MCP_USER_TOKEN: "u" })).toEqual([]);
  expect(said(authEnvironment)).toEqual([]);
});

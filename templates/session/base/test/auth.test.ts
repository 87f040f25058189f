/** Who gets in over stdio, where the token is in the environment and FastMCP passes no request. */
import { expect, test } from "vitest";
import { authenticator } from "../src/auth.ts";
import { SessionOwners } from "../src/session-owners.ts";
import { adminToken, environment } from "./clients.ts";

function authenticate(token?: string) {
  const withToken = token === undefined ? environment : { ...environment, MCP_TOKEN: token };
  const refuseStdio = (reason: string): never => {
    throw new Error(reason);
  };
  return authenticator({ environment: withToken, owners: new SessionOwners(), refuseStdio })(undefined);
}

test("the token in the environment decides the role", async () => {
  expect(await authenticate(adminToken)).toEqual({ user: "admin", role: "admin", transport: "stdio" });
});

test("a stdio server without a valid token ends instead of serving an unknown session", () => {
  for (const token of [undefined, "", "wrong"]) expect(() => authenticate(token)).toThrow(/MCP_TOKEN/);
});

test("an unset token lets nobody in", () => {
  const refuseStdio = (): never => {
    throw new Error("refused");
  };
  const options = { environment: { MCP_TOKEN: "" }, owners: new SessionOwners(), refuseStdio };
  expect(() => authenticator(options)(undefined)).toThrow("refused");
});

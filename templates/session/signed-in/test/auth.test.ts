/** Who gets in: over HTTP with a bearer token, over stdio with MCP_TOKEN; and a session stays with who opened it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthentication } from "../src/auth.ts";
import { SessionOwners } from "../src/session-owners.ts";
import { environment, initialize, startHttp, type HttpServer } from "./clients.ts";
import { signIn, stdioToken } from "./credentials.ts";

let server: HttpServer;

beforeAll(async () => {
  server = await startHttp();
});
afterAll(() => server.close());

test("no token, a wrong one and an empty one are 401", async () => {
  for (const authorization of [undefined, "Bearer wrong", "Bearer ", "Basic dXNlcjpwYXNz"]) {
    const response = await server.post(initialize, authorization === undefined ? {} : { authorization });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer /);
    // A client that sent no credential is not told that it was a wrong one.
    expect(response.headers.get("www-authenticate")?.includes("invalid_token")).toBe(
      authorization === "Bearer wrong",
    );
  }
});

test("the token decides who the session belongs to", async () => {
  for (const role of ["admin", "user"] as const) {
    const connection = await server.connect(role);
    expect(await connection.call("whoami")).toMatchObject({ user: role, role });
    await connection.close();
  }
});

test("a valid token of someone else does not open a session by its id", async () => {
  const admin = await server.connect("admin");
  const call = { method: "tools/call", params: { name: "sessionStats", arguments: {} } };
  const sessionId = { "mcp-session-id": admin.sessionId };
  const theft = await server.post(call, { ...(await signIn(server.url, "user")), ...sessionId });
  expect(theft.status).toBe(404);
  expect((await server.post(call, sessionId)).status).toBe(401);
  expect(await admin.call("sessionStats")).toMatchObject({ user: "admin" });
  await admin.close();
});

test("the older transport, whose messages nobody looks at, is not opened", async () => {
  const headers = await signIn(server.url, "user");
  expect((await fetch(new URL("/sse", server.url), { headers })).status).toBe(404);
});

test("however many ids one user names, another keeps the session", () => {
  const owners = new SessionOwners();
  expect(owners.claim("mine", "a")).toBe(true);
  for (let count = 0; count < 20_000; count += 1) owners.claim(`made-up-${count}`, "b");
  expect(owners.claim("opened later", "a")).toBe(true);
  for (const session of ["mine", "opened later"]) {
    expect(owners.claim(session, "b")).toBe(false);
    expect(owners.claim(session, "a")).toBe(true);
  }
});

function authenticateStdio(token?: string) {
  const refuseStdio = (reason: string): never => {
    throw new Error(reason);
  };
  const withToken = token === undefined ? environment : { ...environment, MCP_TOKEN: token };
  return createAuthentication({ environment: withToken, log: () => undefined, refuseStdio }).authenticate(
    undefined,
  );
}

test("over stdio the token in the environment decides", async () => {
  const session = await authenticateStdio(await stdioToken("admin"));
  expect(session).toEqual({ user: "admin", role: "admin", transport: "stdio" });
});

test("a stdio server without a valid token ends instead of serving a session without a user", async () => {
  for (const token of [undefined, "", "wrong"])
    await expect(authenticateStdio(token)).rejects.toThrow(/MCP_TOKEN/);
});

/** The server over real HTTP: tokens, session ids, and sessions that are strangers to each other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SessionStates } from "../src/state.ts";
import { adminToken, startHttp, userToken, type HttpServer } from "./clients.ts";

const states = new SessionStates();
const lines: string[] = [];
let server: HttpServer;

beforeAll(async () => {
  server = await startHttp({ states, log: (line) => lines.push(line) });
});

afterAll(() => server.close());

function post(headers: Record<string, string>, body: unknown): Promise<Response> {
  const accept = "application/json, text/event-stream";
  const all = { accept, "content-type": "application/json", ...headers };
  return fetch(server.url, { method: "POST", headers: all, body: JSON.stringify(body) });
}

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};

test("no token, a wrong one and an empty one are 401", async () => {
  for (const authorization of [undefined, "Bearer wrong", "Bearer ", `Basic ${userToken}`]) {
    const response = await post(authorization === undefined ? {} : { authorization }, initialize);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  }
});

test("two sessions: own ids, own state, own log lines, nothing left behind", async () => {
  const [admin, user] = await Promise.all([server.connect(adminToken), server.connect(userToken)]);
  expect(admin.sessionId).not.toBe(user.sessionId);
  expect(await admin.call("whoami")).toMatchObject({ role: "admin", sessionId: admin.sessionId });

  await admin.call("trackSession", { action: "admin's own" });
  expect(await user.call("trackSession", { action: "user's own" })).toMatchObject({
    sessionId: user.sessionId,
    actions: ["user's own"],
  });

  // A valid token of someone else does not open a session by its id.
  const theft = await post(
    { authorization: `Bearer ${userToken}`, "mcp-session-id": admin.sessionId },
    { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "sessionStats", arguments: {} } },
  );
  expect(theft.status).toBe(404);

  expect(states.size).toBe(2);
  await Promise.all([admin.close(), user.close()]);
  expect(states.size).toBe(0);

  for (const { sessionId } of [admin, user]) {
    const name = lines.find((line) => line.endsWith(`id ${sessionId}`))?.split(" is ")[0];
    expect(lines.filter((line) => name !== undefined && line.startsWith(`${name} `))).toEqual([
      `${name} connect`,
      `${name} ready`,
      `${name} is test-client 1.0.0, id ${sessionId}`,
      `${name} disconnect`,
    ]);
  }
});

/** The server as its client sees it, in memory: what it offers, and what a call answers. */
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StateStore } from "../src/state-store.ts";
import { connectInMemory, newClient, testServer, type Connection } from "./clients.ts";
import { openTestStore } from "./test-store.ts";

let store: StateStore;
let server: ReturnType<typeof testServer>;
let admin: Connection;
let user: Connection;

beforeEach(async () => {
  store = openTestStore();
  server = testServer({ store });
  [admin, user] = await Promise.all([connectInMemory(server, "admin"), connectInMemory(server, "user")]);
});

afterEach(async () => {
  await Promise.all([admin.close(), user.close()]);
  await store.close();
});

test("lists its tools, resource and prompt", async () => {
  const tools = (await user.client.listTools()).tools.map(({ name }) => name);
  expect(tools).toEqual(
    expect.arrayContaining(["whoami", "trackSession", "trackedOperation", "sessionStats", "forgetActions"]),
  );
  const { resources } = await user.client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain("session://current-user");
  const { prompts } = await user.client.listPrompts();
  expect(prompts.map(({ name }) => name)).toContain("personalized-greeting");
});

test("whoami, the resource and the prompt know their session", async () => {
  expect(await admin.call("whoami")).toMatchObject({ role: "admin", client: "test-client 1.0.0" });
  expect(await user.call("whoami")).toMatchObject({ role: "user" });
  const { contents } = await admin.client.readResource({ uri: "session://current-user" });
  expect(contents[0]).toMatchObject({ text: '{"user":"admin","role":"admin"}' });
  const { messages } = await user.client.getPrompt({
    name: "personalized-greeting",
    arguments: { tone: "brief" },
  });
  expect(messages[0]?.content).toMatchObject({
    text: "Greet user, who has the role user here. Tone: brief.",
  });
});

test("listSessions is there for admins only", async () => {
  const { sessions } = await admin.call("listSessions");
  expect(sessions).toHaveLength(2);
  expect((await user.client.listTools()).tools.map(({ name }) => name)).not.toContain("listSessions");
  await expect(user.call("listSessions")).rejects.toThrow(/Unknown tool/);
});

test("two sessions do not see each other's state", async () => {
  await admin.call("trackSession", { action: "opened the vault" });
  const mine = await user.call("trackSession", { action: "read the news" });
  expect(mine).toMatchObject({ actions: ["read the news"] });
  expect(await user.call("sessionStats")).toMatchObject({
    calls: { trackSession: 1, sessionStats: 1 },
    actions: 1,
  });
});

test.each([
  [{ action: "accept" as const, content: { forget: true } }, 1],
  [{ action: "accept" as const, content: { forget: false } }, 0],
  [{ action: "decline" as const }, 0],
])("forgetActions asks first: %j", async (answer, forgotten) => {
  const client = newClient({ elicitation: {} });
  client.setRequestHandler(ElicitRequestSchema, () => answer);
  const asked = await connectInMemory(server, "user", client);
  await asked.call("trackSession", { action: "read the news" });
  expect(await asked.call("forgetActions")).toEqual({ forgotten });
  expect(await asked.call("sessionStats")).toMatchObject({ actions: 1 - forgotten });
  await asked.close();
});

test("forgetActions forgets nothing when its client cannot ask", async () => {
  await expect(user.call("forgetActions")).rejects.toThrow(/could not be asked/);
});

test("trackedOperation reports progress and answers with its ids", async () => {
  const steps: number[] = [];
  const result = await user.client.callTool(
    { name: "trackedOperation", arguments: { steps: 3, stepMs: 1 }, _meta: { requestId: "request-7" } },
    undefined,
    { onprogress: ({ progress }) => steps.push(progress) },
  );
  expect(steps).toEqual([1, 2, 3]);
  expect(JSON.stringify(result.content)).toContain("request-7");
});

test("wrong arguments are refused, not run", async () => {
  await expect(user.call("trackSession", {})).rejects.toThrow(/action/);
});

/** The server over real HTTP: session ids, and sessions that are strangers to each other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StateStore } from "../src/state-store.ts";
import { startHttp, type HttpServer } from "./clients.ts";
import { openTestStore } from "./test-store.ts";

const lines: string[] = [];
let store: StateStore;
let server: HttpServer;

beforeAll(async () => {
  store = openTestStore();
  server = await startHttp({ store, log: (line) => lines.push(line) });
});

afterAll(async () => {
  await server.close();
  await store.close();
});

test("two sessions: own ids, own state, own log lines, nothing left behind", async () => {
  const [one, other] = await Promise.all([server.connect("admin"), server.connect("user")]);
  expect(one.sessionId).not.toBe(other.sessionId);
  expect(await one.call("whoami")).toMatchObject({ transport: "http", sessionId: one.sessionId });

  await one.call("trackSession", { action: "one's own" });
  expect(await other.call("trackSession", { action: "other's own" })).toMatchObject({
    sessionId: other.sessionId,
    actions: ["other's own"],
  });

  expect(await store.read(one.sessionId)).toMatchObject({ actions: ["one's own"] });
  await Promise.all([one.close(), other.close()]);
  for (const { sessionId } of [one, other]) {
    await expect.poll(() => store.read(sessionId)).toBeUndefined();
    const name = lines.find((line) => line.endsWith(`id ${sessionId}`))?.split(" is ")[0];
    expect(lines.filter((line) => name !== undefined && line.startsWith(`${name} `))).toEqual([
      `${name} connect`,
      `${name} ready`,
      `${name} is test-client 1.0.0, id ${sessionId}`,
      `${name} disconnect`,
    ]);
  }
});

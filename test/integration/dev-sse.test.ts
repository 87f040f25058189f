/** `mcp dev` before clients of the older HTTP+SSE transport: a save and a crash change neither stream nor session. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import {
  CreateMessageRequestSchema,
  LoggingMessageNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { expect } from "vitest";
import { call, newClient, test } from "../helpers/mcp-dev.ts";
import type { Records } from "../helpers/records.ts";

/** A client, the address that its stream named each time that it was opened, and what it was told unasked. */
async function connect(url: URL, { token, client = newClient() }: { token?: string; client?: Client } = {}) {
  const headers: Record<string, string> = {};
  const setToken = (text: string): void => void (headers["Authorization"] = `Bearer ${text}`);
  if (token !== undefined) setToken(token);
  const opened: string[] = [];
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- clients of the older transport are who this is about
  const transport = new SSEClientTransport(new URL("/sse", url), {
    requestInit: { headers },
    fetch: (input, init) => {
      if (init?.method !== "POST") opened.push(String(input));
      return fetch(input, init);
    },
  });
  const told: unknown[] = [];
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void told.push(params.data),
  );
  await client.connect(transport);
  return { client, opened, told, setToken };
}

const sessionEvent =
  (event: string, session = "s1") =>
  (record: Records["all"][number]): boolean =>
    record.kind === "session" && record.event === event && record.session === session;

test("a save: the same stream and id, the new answer; its events once each, in order", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("plain.ts"));
  const { client, opened, told } = await connect(url);
  const before = await call(client, "greet", { name: "you" });
  const [, id] = /^Hello you (\S{36}) \d+$/.exec(before) ?? [];
  expect(id).toBeDefined();
  for (const word of ["Salut", "Ciao"]) {
    await project.greet(word);
    await records.next(sessionEvent("restored"));
    expect(await call(client, "greet", { name: "you" })).toMatch(new RegExp(`^${word} you ${id} \\d+$`));
  }
  await client.close();
  expect(opened).toHaveLength(1);
  expect(told).toEqual(["SSE Connection established"]);
  await records.next(sessionEvent("disconnect"));
  const events = records.sessionEvents().filter((event) => event !== "restored");
  expect(events).toEqual(["connect", "ready", "disconnect"]);
  expect(records.all.find((record) => record.kind === "session")).toMatchObject({
    transport: "sse",
    "network.transport": "tcp",
    "mcp.session.id": id,
    client: { name: "test-client", version: "1.2.3" },
  });
});

test("a request in flight at the switch is answered on the same stream by the child that has it", async ({
  bench,
}) => {
  const { project, records, url } = await bench.http(await bench.project("slow.ts"));
  const { client, opened } = await connect(url);
  let began: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  const args = { until: project.path("until") };
  const slow = client.callTool({ name: "slow", arguments: args }, undefined, { onprogress: () => began?.() });
  await running;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  await project.save("until", "");
  expect(await slow).toMatchObject({ content: [{ text: "Hello" }] });
  expect(opened).toHaveLength(1);
  await client.close();
  await records.next(sessionEvent("disconnect"));
  // The client drops an update that comes together with the answer, so what it was sent is looked at.
  const sent = records.all.filter((record) => record["mcp.method.name"] === "notifications/progress");
  expect(sent).toMatchObject([1, 2].map((progress) => ({ generation: 1, body: { params: { progress } } })));
});

test("a crash in a call: one error, and the session goes on", async ({ bench }) => {
  const { records, url } = await bench.http(await bench.project("crash.ts"));
  const { client, opened } = await connect(url);
  await expect(call(client, "crash")).rejects.toThrow(/crashed.*kaboom/);
  expect(await call(client, "greet")).toBe("Hello");
  expect(opened).toHaveLength(1);
  await client.close();
  await records.next(sessionEvent("disconnect"));
  const failed = records.all.filter(
    (record) => record.kind === "response" && record.dir === "s2c" && "error.type" in record,
  );
  expect(failed).toHaveLength(1);
});

test("two clients: each has its own session, and one that leaves leaves alone", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("plain.ts"));
  const [one, other] = [await connect(url), await connect(url)];
  const idOf = async ({ client }: typeof one): Promise<string | undefined> =>
    (await call(client, "greet", { name: "you" })).split(" ")[2];
  const ids = [await idOf(one), await idOf(other)];
  expect(new Set(ids).size).toBe(2);
  await one.client.close();
  await records.next(sessionEvent("disconnect", "s1"));
  await project.greet("Salut");
  await records.next(sessionEvent("restored", "s2"));
  expect(await idOf(other)).toBe(ids[1]);
  expect(records.all.filter(sessionEvent("restored", "s1"))).toEqual([]);
  await other.client.close();
});

test("a server's question is answered to the child that asked it, after the switch too", async ({
  bench,
}) => {
  const { project, records, url } = await bench.http(await bench.project("asking-over-sse.ts"));
  const client = new Client({ name: "thinking", version: "1.0.0" }, { capabilities: { sampling: {} } });
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }) => {
    asked.push(JSON.stringify(params.messages[0]?.content));
    const nth = asked.length;
    await new Promise<void>((resolve) => answers.push(resolve));
    return { model: "none", role: "assistant", content: { type: "text", text: `answer ${nth}` } };
  });
  await connect(url, { client });
  const before = call(client, "ask");
  await expect.poll(() => asked.length).toBe(1);
  await project.greet("Salut");
  await records.next(sessionEvent("restored"));
  const after = call(client, "ask");
  await expect.poll(() => asked.length).toBe(2);
  for (const answer of answers) answer();
  expect(await before).toMatch(/^Hello .*answer 1/);
  expect(await after).toMatch(/^Salut .*answer 2/);
  await client.close();
});

test("who has to prove it is asked again by the new child, and is refused as without the runner", async ({
  bench,
}) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  const refused = await fetch(new URL("/sse", url));
  expect([refused.status, await refused.text()]).toEqual([401, "who are you?"]);
  expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="guarded"');
  const { client } = await connect(url, { token: "right" });
  expect(await call(client, "greet")).toBe("Hello someone");
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut someone");
  await client.close();
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(1);
});

test("a save that refuses the session: its requests say so, and the next save mends it", async ({
  bench,
}) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  const { client } = await connect(url, { token: "right" });
  const source = await project.read("src/guarded.ts");
  await project.save("src/guarded.ts", source.replace("Bearer right", "Bearer other"));
  await records.reload("serving");
  await expect(call(client, "greet")).rejects.toThrow(/refused to restore.*401.*who are you/);
  await project.save("src/guarded.ts", source);
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Hello someone");
  await client.close();
});

test("a token that a client refreshed after a reload opens its session anew", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  const { client, setToken } = await connect(url, { token: "right" });
  const source = await project.read("src/guarded.ts");
  await project.save("src/guarded.ts", source.replace("Bearer right", "Bearer other"));
  await records.reload("serving");
  await expect(call(client, "greet")).rejects.toThrow(/refused to restore.*401.*who are you/);
  setToken("other");
  expect(await call(client, "greet")).toBe("Hello someone");
  await client.close();
});

test("a message that is none, and one of an unknown session, are answered by the server", async ({
  bench,
}) => {
  const { url } = await bench.http(await bench.project("plain.ts"));
  const stream = await fetch(new URL("/sse", url));
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  const [, address = ""] = /data: (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  const post = (path: string, body: string): Promise<Response> =>
    fetch(new URL(path, url), { method: "POST", body, headers: { "Content-Type": "application/json" } });
  expect((await post(address, '{"jsonrpc":"2.0","id":1,"method":"ping"}')).status).toBe(202);
  const broken = await post(address, "{broken");
  expect([broken.status, await broken.text()]).toEqual([400, "Invalid message: {broken"]);
  expect((await post(address, "[]")).status).toBe(400);
  const unknown = await post("/messages?sessionId=nobody", "{}");
  expect([unknown.status, await unknown.text()]).toEqual([400, "No active transport"]);
  await reader.cancel();
});

test("a client that reconnects without a handshake, as after a restart, is served and shown like any other", async ({
  bench,
}) => {
  const { project, records, url } = await bench.http(await bench.project("stdio.ts"));
  const stream = await fetch(new URL("/sse", url));
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  let heard = "";
  const hears = async (text: string): Promise<void> => {
    while (!heard.includes(text)) heard += new TextDecoder().decode((await reader.read()).value);
  };
  await hears("sessionId=");
  const [, address = ""] = /data: (\S+)/.exec(heard) ?? [];
  const greet = (id: number): Promise<Response> =>
    fetch(new URL(address, url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "greet" } }),
    });
  await greet(1);
  await hears('"Hello"');
  await records.next((record) => record.kind === "response" && record.session === "s1");
  await project.greet("Salut");
  await records.reload("serving");
  await greet(2);
  await hears('"Salut"');
  await reader.cancel();
  await records.next(sessionEvent("disconnect"));
});

test("what a server hands over for its sessions goes on with them", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("counter.ts"));
  const { client } = await connect(url);
  expect(await call(client, "count")).toBe("Hello 1 dated 1");
  await project.greet("Salut");
  await records.next(sessionEvent("restored"));
  expect(await call(client, "count")).toBe("Salut 2 dated 1");
  await client.close();
});

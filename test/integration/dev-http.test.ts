/** `mcp dev` over HTTP with real clients: what a save, a broken save and a crash do to those who are connected. */
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { expect } from "vitest";
import { call, initializeRequest, newClient, test } from "../helpers/mcp-dev.ts";

test("a save: the same session, the new answer; its events once each, in order", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("plain.ts"));
  const { client, transport } = await bench.connect(url);
  const id = transport.sessionId ?? "";
  const before = await call(client, "greet", { name: "you" });
  expect(before).toMatch(new RegExp(`^Hello you ${id} \\d+$`));

  await project.greet("Salut");
  expect(await records.reload("serving")).toMatchObject({ generation: 2, files: ["src/greeting.ts"] });
  const after = await call(client, "greet", { name: "you" });
  expect(after).toMatch(new RegExp(`^Salut you ${id} \\d+$`));
  expect(transport.sessionId).toBe(id);

  await transport.terminateSession();
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  const events = records.sessionEvents().filter((event) => event !== "restored");
  expect(events).toEqual(["connect", "ready", "disconnect"]);
  const ofSession = records.all.filter(({ session }) => session === "s1");
  expect(new Set(ofSession.map((record) => record["mcp.session.id"]))).toEqual(new Set([id]));
});

test("roots that a client changes are told once, with the session's id", async ({ bench }) => {
  const { ListRootsRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
  const { project, records, url } = await bench.http(await bench.project("plain.ts"));
  const client = newClient();
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: "file:///notes", name: "notes" }],
  }));
  const { transport } = await bench.connect(url, { client });
  await client.sendRootsListChanged();
  const changed = await records.next(
    (record) => record.kind === "session" && record.event === "rootsChanged",
  );
  expect(changed).toMatchObject({
    "mcp.session.id": transport.sessionId,
    body: { roots: [{ name: "notes" }] },
  });

  await project.greet("Salut");
  await records.next((record) => record.kind === "session" && record.event === "restored");
  await call(client, "greet", { name: "you" });
  await transport.terminateSession();
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  const events = records.sessionEvents().filter((event) => event !== "restored");
  expect(events).toEqual(["connect", "ready", "rootsChanged", "disconnect"]);
});

test("a request in flight at the switch is answered by the child that has it", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("slow.ts"));
  const { client } = await bench.connect(url);
  const until = project.path("until");
  const progress: number[] = [];
  let began: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  const onprogress = (update: { progress: number }): void => {
    progress.push(update.progress);
    began?.();
  };
  const slow = client.callTool({ name: "slow", arguments: { until } }, undefined, { onprogress });
  await running;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  await project.save("until", "");
  expect(await slow).toMatchObject({ content: [{ text: "Hello" }] });
  expect(progress).toEqual([1, 2]);
});

test("a request that outlives the drain time gets one error", async ({ bench }) => {
  const { project, url } = await bench.http(await bench.project("slow.ts"), { args: ["--drain", "50"] });
  const { client } = await bench.connect(url);
  let began: (() => void) | undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  const args = { until: project.path("never") };
  const slow = client.callTool({ name: "slow", arguments: args }, undefined, { onprogress: () => began?.() });
  await running;
  await project.greet("Salut");
  await expect(slow).rejects.toThrow(/still running after 50 ms/);
  expect(await call(client, "greet")).toBe("Salut");
});

test("broken saves leave the old child serving and say where; a good one recovers", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("plain.ts"));
  const { client } = await bench.connect(url);
  const greet = (): Promise<string> => call(client, "greet", { name: "you" });

  await project.save("src/greeting.ts", "export const greeting = ;\n");
  const frame = (line: string): string => expect.stringContaining(line) as string;
  const file = project.path("src/greeting.ts");
  expect(await records.reload("failed")).toMatchObject({
    body: { file, line: 1, frame: frame("> 1 | export const greeting = ;"), servingGeneration: 1 },
  });
  expect(await greet()).toMatch(/^Hello/);

  await project.save("src/greeting.ts", 'export const greeting = "";\n\nthrow new Error("not today");\n');
  expect(await records.reload("failed")).toMatchObject({
    body: { message: "not today", file, line: 3, frame: frame('> 3 | throw new Error("not today");') },
  });
  expect(await greet()).toMatch(/^Hello/);

  await project.greet("Salut");
  await records.reload("serving");
  expect(await greet()).toMatch(/^Salut/);
  // What the record says, Node does not say once more.
  expect(JSON.stringify(records.all.filter(({ kind }) => kind === "output"))).not.toMatch(
    /throw|not today|Exception/,
  );
});

test("a crash in a call: one error, and the session goes on", async ({ bench }) => {
  const { records, url } = await bench.http(await bench.project("crash.ts"));
  const { client, transport } = await bench.connect(url);
  const id = transport.sessionId;
  await expect(call(client, "crash")).rejects.toThrow(/crashed.*kaboom/);
  expect(await call(client, "greet")).toBe("Hello");
  expect(transport.sessionId).toBe(id);
  const crash = records.all.find((record) => record.kind === "error");
  expect(crash?.body).toMatchObject({
    message: "kaboom",
    stack: expect.stringContaining("crash.ts") as string,
  });
});

test("five saves in a burst: the last one is answered", async ({ bench }) => {
  const { project, url } = await bench.http(await bench.project("plain.ts"));
  const { client } = await bench.connect(url);
  for (const word of ["1", "2", "3", "4", "last"]) await project.greet(word);
  await expect.poll(() => call(client, "greet", { name: "you" }), { timeout: 15_000 }).toMatch(/^last/);
});

test("a file saved with the same content reloads nothing", async ({ bench }) => {
  const { project, records } = await bench.http(await bench.project("plain.ts"));
  await project.save("src/greeting.ts", await project.read("src/greeting.ts"));
  await project.greet("Salut");
  await records.reload("serving");
  await project.save("src/greeting.ts", await project.read("src/greeting.ts"));
  // What is saved after it is noticed after it: had the first been a reload, there would be two.
  await project.save("src/other.ts", "export {};\n");
  expect(await records.reload("started")).toMatchObject({ files: ["src/other.ts"] });
  const started = records.all.filter((record) => record.kind === "reload" && record.event === "started");
  expect(started).toHaveLength(3);
});

test("routes, health, refusals and bodies go through unchanged, after a reload too", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  const see = async (): Promise<void> => {
    const custom = await fetch(new URL("/custom/a?q=b", url));
    expect([custom.status, await custom.text(), custom.headers.get("x-mine")]).toEqual([
      418,
      "custom a b",
      "kept",
    ]);
    expect(await (await fetch(new URL("/ping", url))).text()).toBe("pong");
    expect((await fetch(new URL("/health", url))).status).toBe(200);
    expect((await fetch(new URL("/nothing", url))).status).toBe(404);
    const bytes = new Uint8Array(300_000).map((_, index) => index);
    const echo = await fetch(new URL("/echo", url), { method: "POST", body: bytes });
    expect(Buffer.from(await echo.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
    const refused = await post(url, initializeRequest);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="guarded"');
    expect(await refused.text()).toContain("who are you?");
  };
  await see();
  const { client } = await bench.connect(url, { token: "right" });
  expect(await call(client, "greet")).toBe("Hello someone");
  await project.greet("Salut");
  await records.reload("serving");
  await see();
  expect(await call(client, "greet")).toBe("Salut someone");
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(1);
});

test("foreign hosts and origins are refused", async ({ bench }) => {
  const { url, port } = await bench.http(await bench.project("plain.ts"), {
    args: ["--allow-host", "my.example"],
  });
  expect((await post(url, initializeRequest, { Origin: "http://evil.example" })).status).toBe(403);
  expect((await post(url, initializeRequest, { Origin: "https://my.example" })).status).toBe(200);
  expect(await statusWithHost(port, "evil.example")).toBe(403);
  expect(await statusWithHost(port, "localhost")).toBe(200);
});

test("a server without sessions", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("stateless.ts"));
  const { client, transport } = await bench.connect(url);
  expect(await call(client, "greet")).toBe("Hello");
  expect(transport.sessionId).toBeUndefined();
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  expect(records.sessionEvents()).toEqual([]);
});

test("a 2.x client, in both of its modes, across a save", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("stdio.ts"));
  const info = { name: "second", version: "2.0.0" };
  const clients = [new Client2(info), new Client2(info, { versionNegotiation: { mode: "auto" } })];
  const greet = (client: Client2): Promise<unknown> => client.callTool({ name: "greet", arguments: {} });
  for (const client of clients) {
    await client.connect(new Http2(url));
    expect(await greet(client)).toMatchObject({ content: [{ text: "Hello" }] });
  }
  await project.greet("Salut");
  await records.reload("serving");
  for (const client of clients) {
    expect(await greet(client)).toMatchObject({ content: [{ text: "Salut" }] });
    await client.close();
  }
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(2);
});

test("broken at the very start: initialize waits, is told the reason, and the first good save serves", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  await project.save("src/greeting.ts", 'throw new Error("not yet");\nexport const greeting = "";\n');
  const { records, url } = await bench.http(project, { args: ["--wait", "500"], serving: false });
  await records.reload("failed");
  await records.next((record) => record.kind === "meta" && record.url !== undefined);
  await expect(bench.connect(url)).rejects.toThrow(/not yet/);
  await project.greet("Salut");
  await records.reload("serving");
  const { client } = await bench.connect(url);
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
});

function post(url: URL, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const accept = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
  return fetch(url, { method: "POST", body: JSON.stringify(body), headers: { ...accept, ...headers } });
}

/** `fetch` does not let a caller choose the Host. */
async function statusWithHost(port: number, host: string): Promise<number | undefined> {
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/ping", headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

test("a token that a client refreshed after a reload opens its session anew", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("guarded.ts"));
  let token = "right";
  const statuses: number[] = [];
  const transport = new Http2(url, {
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      const ask = (): Promise<Response> => {
        headers.set("Authorization", `Bearer ${token}`);
        return fetch(input, { ...init, headers });
      };
      const answer = await ask();
      if (answer.status !== 401) return answer;
      statuses.push(answer.status);
      token = "other";
      return ask();
    },
  });
  const client = new Client2({ name: "refreshing", version: "1.0.0" });
  await client.connect(transport);
  const id = transport.sessionId;
  const source = await project.read("src/guarded.ts");
  await project.save("src/guarded.ts", source.replace("Bearer right", "Bearer other"));
  await records.reload("serving");
  const { content } = await client.callTool({ name: "greet", arguments: {} });
  expect(content).toEqual([{ type: "text", text: "Hello someone" }]);
  expect([statuses, transport.sessionId]).toEqual([[401], id]);
  await client.close();
});

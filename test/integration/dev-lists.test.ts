/** What clients and the terminal are told when a save changes what the server offers. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { expect } from "vitest";
import type { DevBench } from "../helpers/mcp-dev.ts";
import { test } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

const greet = 'server.addTool({ name: "greet", description: "Greets", execute: async () => "Hello" });';
const politeGreet = greet.replace(
  '"Greets"',
  '"Greets politely", parameters: z.object({ name: z.string() })',
);
const leave = 'server.addTool({ name: "leave", execute: async () => "Bye" });';
const leaveAt = leave.replace('"leave"', '"leave", parameters: z.object({ at: z.date() })');
const hello = 'server.addPrompt({ name: "hello", description: "Says hello", load: async () => "Hello" });';
const text =
  'server.addResource({ uri: "my://text", name: "text", mimeType: "text/plain", load: async () => ({ text: "a text" }) });';
const file = `server.addResourceTemplate({ uriTemplate: "my://{name}", name: "file", mimeType: "text/plain",
  arguments: [{ name: "name", required: true }], load: async ({ name }) => ({ text: name }) });`;

/** A server that offers these. */
function offering(...offers: readonly string[]): string {
  return [
    'import { FastMCP } from "fastmcp";',
    'import { z } from "zod";',
    'const server = new FastMCP({ name: "lists", version: "1.0.0" });',
    "void z;",
    ...offers,
    'await server.start({ transportType: "stdio" });',
  ].join("\n");
}

async function offeringProject(bench: DevBench, ...offers: readonly string[]): Promise<Project> {
  const project = await bench.project("stdio.ts");
  await project.save(project.entry, offering(...offers));
  return project;
}

/** A client that asks again for each list that is said to have changed, and what it then got, in order. */
function listeningClient() {
  const told: string[] = [];
  const options = (kind: string) => ({
    debounceMs: 0,
    onChanged: (error: Error | null, items: readonly { name: string }[] | null) => {
      const names = items?.map(({ name }) => name) ?? [error?.message];
      told.push(`${kind}: ${names.join(" ")}`);
    },
  });
  const listChanged = {
    tools: options("tools"),
    prompts: options("prompts"),
    resources: options("resources"),
  };
  const client = new Client({ name: "listening", version: "1.0.0" }, { listChanged });
  return { client, told };
}

const soon = <Value>(value: () => Value) => expect.poll(value, { timeout: 10_000, interval: 10 });

async function listAll(client: Client): Promise<unknown[]> {
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  return [...tools, ...prompts, ...resources, ...resourceTemplates].map(({ name }) => name);
}

for (const transport of ["stdio", "http"] as const) {
  const connect = async (bench: DevBench, project: Project) => {
    const { client, told } = listeningClient();
    if (transport === "stdio") {
      const { records } = await bench.stdio(project, { client });
      await records.reload("serving");
      return { client, told, records };
    }
    const { records, url } = await bench.http(project);
    await bench.connect(url, { client });
    return { client, told, records };
  };

  test(`${transport}: a tool that is added, changed and removed`, async ({ bench }) => {
    const project = await offeringProject(bench, greet);
    const { client, told, records } = await connect(bench, project);
    expect(await listAll(client)).toEqual(["greet"]);

    await project.save(project.entry, offering(greet, leave));
    expect(await records.reload("lists")).toMatchObject({
      generation: 2,
      body: { changes: { added: ["tool leave"], changed: [], removed: [] } },
    });
    await soon(() => told).toEqual(["tools: greet leave"]);

    await project.save(project.entry, offering(politeGreet, leave));
    const changed = ["tool greet (description, inputSchema)"];
    expect(await records.reload("lists")).toMatchObject({
      generation: 3,
      body: { changes: { added: [], changed, removed: [] } },
    });
    await soon(() => told.length).toBe(2);

    await project.save(project.entry, offering(politeGreet));
    expect(await records.reload("lists")).toMatchObject({
      body: { changes: { added: [], changed: [], removed: ["tool leave"] } },
    });
    await soon(() => told).toEqual(["tools: greet leave", "tools: greet leave", "tools: greet"]);
  });

  test(`${transport}: the first prompt, resource and template, without connecting anew`, async ({
    bench,
  }) => {
    const project = await offeringProject(bench, greet);
    const { client, told, records } = await connect(bench, project);
    expect(client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
    });
    expect(await listAll(client)).toEqual(["greet"]);

    await project.save(project.entry, offering(greet, hello));
    await soon(() => told).toEqual(["prompts: hello"]);
    expect(await client.getPrompt({ name: "hello" })).toMatchObject({
      messages: [{ content: { text: "Hello" } }],
    });
    await project.save(project.entry, offering(greet, hello, text));
    await soon(() => told).toEqual(["prompts: hello", "resources: text"]);
    expect(await client.readResource({ uri: "my://text" })).toMatchObject({ contents: [{ text: "a text" }] });
    await project.save(project.entry, offering(greet, hello, text, file));
    await soon(() => told).toEqual(["prompts: hello", "resources: text", "resources: text"]);
    expect(await listAll(client)).toEqual(["greet", "hello", "text", "file"]);

    await project.save(project.entry, offering());
    await soon(() => told.slice(3).sort()).toEqual(["prompts: ", "resources: ", "tools: "]);
    const removed = ["tool greet", "prompt hello", "resource my://text", "template my://{name}"];
    expect(records.all.filter((record) => record.kind === "reload").at(-1)).toMatchObject({
      event: "lists",
      body: { changes: { added: [], changed: [], removed } },
    });
    // Nothing of what the endpoint asked by itself is the client's.
    const methods = records.all
      .filter(({ kind }) => kind === "request")
      .map((one) => one["jsonrpc.request.id"]);
    expect(methods.filter((id) => id?.startsWith("create-fastmcp"))).toEqual([]);
  });
}

for (const transport of ["stdio", "http"] as const) {
  test(`${transport}: a schema that no client can be shown, and that it is mended`, async ({ bench }) => {
    const project = await offeringProject(bench, greet, leave);
    const { client, told } = listeningClient();
    const { records } = await bench.over(transport, project, client);
    expect(await listAll(client)).toEqual(["greet", "leave"]);
    const failures = ["tools/list fails: tool leave: Date cannot be represented in JSON Schema"];

    await project.save(project.entry, offering(greet, leaveAt));
    expect(await records.reload("lists")).toMatchObject({ generation: 2, body: { failures } });
    await soon(() => told).toEqual([expect.stringContaining("Date cannot be represented")]);

    await project.save(project.entry, offering(greet, leave));
    expect(await records.reload("lists")).toMatchObject({
      body: { changes: { added: ["tool greet", "tool leave"], changed: [], removed: [] } },
    });
    await soon(() => told.slice(1)).toEqual(["tools: greet leave"]);
  });
}

test("at a terminal: a schema that fails from the start, in the block, at key l, and mended", async ({
  bench,
}) => {
  const project = await offeringProject(bench, greet, leaveAt, hello);
  const terminal = await bench.terminal(project);
  await terminal.see("offers  0 resources, 1 prompt");
  await terminal.see("✗ tools/list fails: tool leave: Date cannot be represented in JSON Schema");
  terminal.type("l");
  await terminal.see("hello()");
  const listed = terminal.screen().split("q ends").at(-1) ?? "";
  expect(listed.match(/tools\/list fails: tool leave: Date/g)).toHaveLength(2);
  expect(terminal.screen()).not.toContain("0 tools");
  await project.save(project.entry, offering(greet, leave, hello));
  await terminal.see("+ tool greet");
  await terminal.see("+ tool leave");
});

test("at a terminal: a tool that is added twice and one with a name that is none, each said once", async ({
  bench,
}) => {
  const project = await offeringProject(bench, greet, greet);
  const terminal = await bench.terminal(project);
  const twice = "▲ tool greet is added twice; clients see only the later one";
  await terminal.see(twice);
  await project.save(project.entry, offering(greet, greet, leave.replace('"leave"', '"leave now"')));
  await terminal.see("+ tool leave now");
  await terminal.see("▲ tool leave now: its name breaks the protocol's rule");
  expect(terminal.screen().split(twice)).toHaveLength(2);
});

test("clients are told of those lists that they have asked for", async ({ bench }) => {
  const project = await offeringProject(bench, greet, hello);
  const { url } = await bench.http(project);
  const [all, promptsOnly, nothing] = [listeningClient(), listeningClient(), listeningClient()];
  for (const { client } of [all, promptsOnly, nothing]) await bench.connect(url, { client });
  await listAll(all.client);
  await promptsOnly.client.listPrompts();

  await project.save(project.entry, offering(greet, leave, hello));
  await soon(() => all.told).toEqual(["tools: greet leave"]);
  await project.save(project.entry, offering(greet, leave, hello.replace("Says", "Shouts")));
  await soon(() => all.told).toEqual(["tools: greet leave", "prompts: hello"]);
  await soon(() => promptsOnly.told).toEqual(["prompts: hello"]);
  expect(nothing.told).toEqual([]);
});

test("clients who may see different tools are told of their own", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  const secret = (description: string): string =>
    offering(
      greet,
      `server.addTool({ name: "secret", description: "${description}",
      canAccess: ({ role }) => role === "chief", execute: async () => "psst" });`,
    ).replace(
      'version: "1.0.0"',
      'version: "1.0.0", authenticate: async ({ headers }) => ({ role: headers.authorization.slice(7) })',
    );
  await project.save(project.entry, secret("One"));
  const { records, url } = await bench.http(project);
  const [chief, clerk] = [listeningClient(), listeningClient()];
  await bench.connect(url, { client: chief.client, token: "chief" });
  await bench.connect(url, { client: clerk.client, token: "clerk" });
  expect(await listAll(chief.client)).toEqual(["greet", "secret"]);
  expect(await listAll(clerk.client)).toEqual(["greet"]);

  await project.save(project.entry, secret("Two"));
  expect(await records.reload("lists")).toMatchObject({
    body: { changes: { changed: ["tool secret (description)"] } },
  });
  await soon(() => chief.told).toEqual(["tools: greet secret"]);
  await project.save(project.entry, secret("Two").replace('"greet"', '"hail"'));
  await soon(() => clerk.told).toEqual(["tools: hail"]);
});

test("a client without a stream is told when it opens one", async ({ bench }) => {
  const project = await offeringProject(bench, greet);
  const { url, records } = await bench.http(project);
  const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
  const post = (message: object, session = ""): Promise<Response> =>
    fetch(url, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
      headers: session === "" ? headers : { ...headers, "Mcp-Session-Id": session },
    });
  const params = {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "raw", version: "0" },
  };
  const opened = await post({ id: 0, method: "initialize", params });
  expect(await opened.text()).toContain('"tools":{"listChanged":true}');
  const id = opened.headers.get("mcp-session-id") ?? "";
  await post({ method: "notifications/initialized" }, id);
  expect(await (await post({ id: 1, method: "tools/list" }, id)).text()).toContain('"greet"');
  expect(await (await post({ id: 2, method: "prompts/list" }, id)).text()).toContain(
    '"result":{"prompts":[]}',
  );

  await project.save(project.entry, offering(greet, leave));
  await records.reload("lists");
  const leaving = new AbortController();
  const stream = await fetch(url, {
    headers: { Accept: "text/event-stream", "Mcp-Session-Id": id },
    signal: leaving.signal,
  });
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = stream.body?.getReader();
  const event = await reader?.read();
  expect(Buffer.from(event?.value ?? []).toString()).toBe(
    'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n',
  );
  leaving.abort();
});

test("a server without sessions offers its first prompt too", async ({ bench }) => {
  const project = await bench.project("stateless.ts");
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  expect(client.getServerCapabilities()).toMatchObject({ prompts: {}, resources: {} });
  expect(await listAll(client)).toEqual(["greet"]);
  const source = await project.read(project.entry);
  await project.save(project.entry, source.replace("server.addTool", `${hello}\nserver.addTool`));
  expect(await records.reload("lists")).toMatchObject({ body: { changes: { added: ["prompt hello"] } } });
  expect(await listAll(client)).toEqual(["greet", "hello"]);
});

test("a server offers its first tool, prompt, resource and template after it has started", async ({
  bench,
}) => {
  const project = await bench.project("growing.ts");
  const { records, url } = await bench.http(project);
  const { client } = await bench.connect(url);
  const offered = () => expect.poll(() => listAll(client), { timeout: 10_000, interval: 50 });
  await offered().toEqual(["greet", "hello", "text", "file"]);

  for (const word of ["Salut", "Moin"]) {
    await project.greet(word);
    await records.reload("serving");
    await offered().toEqual(["greet", "hello", "text", "file"]);
    expect(await client.getPrompt({ name: "hello" })).toMatchObject({
      messages: [{ content: { text: word } }],
    });
  }
  expect(records.all.filter(({ kind }) => kind === "error")).toEqual([]);
});

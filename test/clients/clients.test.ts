/** What real clients do with `mcp dev` at connect, at a reload and when they leave; the README has it as a table. */
import { join } from "node:path";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { execa } from "execa";
import { beforeAll, expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import { installModules, newerNode } from "../helpers/own-modules.ts";
import { freePort, listens } from "../helpers/processes.ts";

const folder = import.meta.dirname;
beforeAll(() => installModules(folder));

const auto = { versionNegotiation: { mode: "auto" } } as const;
const modes = { default: {}, auto } as const;

test("1.x over HTTP: the session goes on", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("slow.ts"));
  const { client, transport } = await bench.connect(url);
  const id = transport.sessionId;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await call(client, "greet")).toBe("Salut");
  expect(transport.sessionId).toBe(id);
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(1);
});

test.for(["default", "auto"] as const)("2.x in its mode %s over HTTP", async (mode, { bench }) => {
  const { project, records, url } = await bench.http(await bench.project("slow.ts"));
  const client = new Client2({ name: "second", version: "2.0.0" }, modes[mode]);
  const transport = new Http2(url);
  await client.connect(transport);
  const id = transport.sessionId;
  await project.greet("Salut");
  await records.reload("serving");
  expect(await client.callTool({ name: "greet" })).toMatchObject({ content: [{ text: "Salut" }] });
  expect(transport.sessionId).toBe(id);
  await transport.terminateSession();
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  await client.close();
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(1);
});

test.for(["default", "auto"] as const)("2.x in its mode %s over stdio", async (mode, { bench }) => {
  const project = await bench.project("stdio.ts");
  const client = new Client2({ name: "second", version: "2.0.0" }, modes[mode]);
  await client.connect(new Stdio2(bench.stdioParameters(project)));
  await project.greet("Salut");
  await expect
    .poll(() => client.callTool({ name: "greet" }), { timeout: 10_000 })
    .toMatchObject({ content: [{ text: "Salut" }] });
  await client.close();
});

test("MCP Inspector in its command line over HTTP, before and after a save", async ({ bench }) => {
  const { project, records, url } = await bench.http(await bench.project("slow.ts"));
  const greet = [url.href, "--method", "tools/call", "--tool-name", "greet"];
  expect(await inspector(bench, greet)).toMatchObject({ content: [{ text: "Hello" }] });
  await project.greet("Salut");
  await records.reload("serving");
  expect(await inspector(bench, greet)).toMatchObject({ content: [{ text: "Salut" }] });
  expect(records.sessionEvents().filter((event) => event === "connect")).toHaveLength(2);
});

test("MCP Inspector in its command line over stdio", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  const { command, args } = bench.stdioParameters(project);
  const target = [command, ...args.map((arg) => (arg === project.entry ? project.path(arg) : arg))];
  const greet = [...target, "--method", "tools/call", "--tool-name", "greet"];
  expect(await inspector(bench, greet)).toMatchObject({ content: [{ text: "Hello" }] });
});

test("mcp-proxy, which serves the pipe over HTTP: its clients do not notice a save", async ({ bench }) => {
  const project = await bench.project("stdio.ts");
  const port = await freePort();
  const { command, args } = bench.stdioParameters(project);
  const proxy = join(folder, "node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs");
  const running = execa(
    process.execPath,
    [proxy, "--host", "127.0.0.1", "--port", String(port), "--", command, ...args],
    { cwd: project.folder, env: bench.env, extendEnv: false, reject: false },
  );
  try {
    await expect.poll(() => listens(port), { timeout: 15_000 }).toBe(true);
    const { client, transport } = await bench.connect(new URL(`http://127.0.0.1:${port}/mcp`));
    const id = transport.sessionId;
    expect(await call(client, "greet")).toBe("Hello");
    await project.greet("Salut");
    await expect.poll(() => call(client, "greet"), { timeout: 10_000 }).toBe("Salut");
    expect(transport.sessionId).toBe(id);
    await client.close();
  } finally {
    running.kill("SIGTERM");
    await running;
  }
});

/** One request of the Inspector's; its answer. */
async function inspector(bench: DevBench, args: readonly string[]): Promise<unknown> {
  const launcher = join(
    folder,
    "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
  );
  const { stdout } = await execa(newerNode(folder), [launcher, "--cli", ...args], {
    env: bench.env,
    extendEnv: false,
  });
  return JSON.parse(stdout) as unknown;
}

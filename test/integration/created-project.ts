/** Serves a created project as its user would, to an official client and to one that may not come in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseEnv } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { execa } from "execa";
import { expect, vi } from "vitest";
import type { TemplateOptions, Transport } from "../../src/scaffold/catalogue.ts";
import { signInAs } from "../../templates/session/auth-oauth/test/oauth-sign-in.ts";
import { freePort } from "../helpers/processes.ts";
import { root } from "./create-cli.ts";

export type CreatedProject = {
  readonly folder: string;
  readonly template: string;
  readonly options: TemplateOptions;
  /** Where what the server needs beside is, for this test. */
  readonly env: Readonly<Record<string, string>>;
};

/** What `npm start` runs, over the project's own transport. */
export async function serveBuilt(project: CreatedProject): Promise<void> {
  const command = [join(project.folder, "dist", "server.js")];
  if (project.options.transport === "http") await overHttp(project, command);
  else await overStdio(project, command);
}

/**
 * `mcp dev`, over a transport that the project's entry need not name.
 * @param mcp path of the program.
 */
export async function serveInDevelopment(
  project: CreatedProject,
  transport: Transport,
  mcp: string = join(root, "bin", "mcp.js"),
): Promise<void> {
  const command = [mcp, "dev", `--${transport}`];
  if (transport === "http") await overHttp(project, command);
  else await overStdio(project, command);
}

async function overStdio(project: CreatedProject, command: readonly string[]): Promise<void> {
  const env = { ...ownEnvironment(), ...project.env };
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [...command], cwd: project.folder, stderr: "ignore", env },
  });
  await use(project, transport);
  if (!command.includes("dev") && project.template !== "minimal") await endsWithItsInput(project, command);
  // In development a server that does not start is waited for; its own end is seen where it runs alone.
  if (project.options.auth === "none" || project.options.transport !== "stdio") return;
  const refused = await execa("node", command, {
    ...{ cwd: project.folder, env: { ...project.env, MCP_TOKEN: "wrong" }, reject: false, input: "" },
  });
  expect({ code: refused.exitCode, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("refused to serve over stdio");
}

/** Whatever is still open: a timer here. */
async function endsWithItsInput(project: CreatedProject, command: readonly string[]): Promise<void> {
  const timer = ["--import", "data:text/javascript,setInterval(() => {}, 1000)"];
  const { folder: cwd, env } = project;
  const server = execa("node", [...timer, ...command], { cwd, env, reject: false, timeout: 30_000 });
  for await (const line of createInterface({ input: server.stderr })) if (line.endsWith("ready")) break;
  server.stdin.end();
  expect((await server).exitCode).toBe(0);
}

async function overHttp(project: CreatedProject, command: readonly string[]): Promise<void> {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const development = command.includes("dev");
  const args = development ? [...command, "--port", String(port), "--strict-port"] : command;
  const env = { ...project.env, PORT: String(port) };
  const server = execa("node", args, { cwd: project.folder, env, reject: false, all: true });
  try {
    // Leaving execa's own iteration would wait for the end of the process.
    const lines = createInterface({ input: development ? server.stdout : server.stderr });
    for await (const line of lines) if (/server is running|ready in/.test(line)) break;
    await use(
      project,
      new StreamableHTTPClientTransport(url, { requestInit: { headers: await signIn(project, url) } }),
    );
    await expectRefusal(project, url);
    if (development && project.template !== "minimal") await leaveDuringCall(project, url);
    if (!development) expect((await fetch(new URL("/health", url))).status).toBe(200);
  } finally {
    server.kill();
    await server;
  }
  expect((await server).all).not.toContain("exited");
}

/** One client leaves while another's call is under way, which goes on. */
async function leaveDuringCall(project: CreatedProject, url: URL): Promise<void> {
  const requestInit = { headers: await signIn(project, url) };
  const [leaving, staying] = await Promise.all(
    ["leaving", "staying"].map(async (name) => {
      const client = new Client({ name, version: "1.0.0" });
      const transport = new StreamableHTTPClientTransport(url, { requestInit });
      await client.connect(transport);
      return { client, transport };
    }),
  );
  const work = { name: "trackedOperation", arguments: { steps: 10, stepMs: 100 } };
  const onprogress = vi.fn();
  const done = staying?.client.callTool(work, undefined, { onprogress });
  await vi.waitFor(() => expect(onprogress).toHaveBeenCalled(), 10_000);
  await leaving?.transport.terminateSession();
  await leaving?.client.close();
  expect(JSON.stringify(await done)).toContain(String.raw`\"steps\":10`);
  await staying?.client.close();
}

async function signIn(
  { folder, template, options }: CreatedProject,
  url: URL,
): Promise<Record<string, string>> {
  if (template === "minimal" || options.auth === "none") return {};
  const { MCP_TOKEN = "" } = parseEnv(await readFile(join(folder, ".env"), "utf8"));
  const token = options.auth === "oauth" ? await signInAs(url, "dev") : MCP_TOKEN;
  return { authorization: `Bearer ${token}` };
}

async function expectRefusal({ template, options }: CreatedProject, url: URL): Promise<void> {
  if (template === "minimal") return;
  const post = (headers: Record<string, string>) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
  if (options.auth === "none") {
    expect((await post({ origin: "https://elsewhere.example" })).status).toBe(403);
    return;
  }
  for (const headers of [{}, { authorization: "Bearer wrong" }]) {
    const refused = await post(headers);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(/^Bearer /);
  }
}

async function use(
  { template, options }: CreatedProject,
  transport: StdioClientTransport | StreamableHTTPClientTransport,
): Promise<void> {
  const client = new Client({ name: "test", version: "1.0.0" });
  // The SDK's own class does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport);
  try {
    if (template === "minimal") {
      const { content } = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
      expect(content).toEqual([{ type: "text", text: "5" }]);
    } else {
      const users = { none: "anyone", token: "user", jwt: "user", oauth: "dev" };
      const said = JSON.stringify(await client.callTool({ name: "whoami", arguments: {} }));
      expect(said).toContain(String.raw`\"user\":\"${users[options.auth]}\"`);
    }
  } finally {
    await client.close();
  }
}

/** The SDK would pass on a few variables only. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

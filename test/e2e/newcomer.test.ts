/** What a newcomer does with the published package: create, install, run, connect, edit, inspect. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { execa } from "execa";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { parseEnv } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installTarball, type Installed } from "./installed.ts";

type LogLine = {
  kind: string;
  event?: string;
  session?: string;
  "mcp.session.id"?: string;
  generation?: number;
};

let installed: Installed;
let project: string;
type Started = ChildProcessByStdio<null, Readable, Readable>;

const running = new Set<Started>();

beforeAll(async () => {
  installed = await installTarball();
  project = join(installed.folder, "my-server");
  const { stdout } = await execa(
    installed.bin("create-fastmcp"),
    [project, "--no-git", "--verify", "--cli", `file:${installed.tarball}`],
    { stdin: "ignore" },
  );
  expect(stdout).toMatch(
    /types are right.*\n.*tests pass.*\n.*shakes hands.*; a wrong credential is refused/,
  );
}, 180_000);

afterEach(async () => {
  for (const child of running) await stop(child, "SIGKILL");
});

afterAll(() => installed.remove());

describe("the package", () => {
  it("installs as one package, with its three commands", async () => {
    expect(installed.packages).toEqual(["create-fastmcp"]);
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    for (const name of ["create-fastmcp", "mcp", "fmcp"]) {
      const { stdout } = await execa(installed.bin(name), ["--version"]);
      expect(stdout).toBe(version);
    }
  });
});

describe("npm create without `--`", () => {
  it("loses no flag that npm lets go of", async () => {
    // Not --dry-run: npm would not install what it is to run.
    const swallowed = [
      "--template",
      "minimal",
      "--transport",
      "stdio",
      "--pm",
      "bun",
      "--no-git",
      "--no-install",
    ];
    const npm = ["exec", "--yes", `--package=${installed.tarball}`, "create-fastmcp", "x", ...swallowed];
    const { stdout, stderr } = await execa("npm", [...npm, "--json"], { cwd: installed.folder });
    const got = { template: "minimal", transport: "stdio", packageManager: "bun", git: null, install: null };
    expect(JSON.parse(stdout)).toMatchObject({ name: "x", ...got });
    expect(stderr).toContain("next time, put -- before the flags");
  });
});

describe("the minimal template", () => {
  it("type-checks and passes its own tests", async () => {
    const minimal = join(installed.folder, "minimal");
    const flags = ["--template", "minimal", "--no-install", "--no-git"];
    await execa(installed.bin("create-fastmcp"), [minimal, ...flags], { stdin: "ignore" });
    await symlink(join(project, "node_modules"), join(minimal, "node_modules"));
    for (const script of ["typecheck", "test"]) await execa("npm", ["run", script], { cwd: minimal });
  });
});

describe("the project that it creates", () => {
  it("builds and starts", async () => {
    await execa("npm", ["run", "--silent", "build"], { cwd: project });
    const port = await freePort();
    const child = start("npm", ["start"], { PORT: String(port) });
    await lineIn(child.stderr, new RegExp(`:${port}`));
    await stop(child, "SIGTERM");
  });

  it("has one zod, so that a schema is the same to FastMCP as to the project", async () => {
    const { stdout } = await execa("npm", ["ls", "zod", "--all", "--parseable"], { cwd: project });
    expect(new Set(stdout.split("\n")).size).toBe(1);
  });

  it("keeps an HTTP client's session through an edit and a new tool, and the log tells its story", async () => {
    const port = await freePort();
    const dev = start(join(project, "node_modules/.bin/mcp"), [
      "dev",
      "--http",
      "--strict-port",
      "--port",
      String(port),
    ]);
    const url = new URL(`http://127.0.0.1:${port}/mcp`);
    await lineIn(dev.stdout, /ready in/);
    expect((await fetch(url, { method: "POST", body: "{}" })).status).not.toBe(200);

    const { MCP_USER_TOKEN } = parseEnv(await readFile(join(project, ".env"), "utf8"));
    const transport = new StreamableHTTPClientTransport(url, {
      requestInit: { headers: { Authorization: `Bearer ${MCP_USER_TOKEN ?? ""}` } },
    });
    const client = await connect(transport);
    const id = transport.sessionId;
    expect(await whoami(client)).not.toContain("edited");
    await announceRoots(client);
    await editUntilServed(dev, "edited over HTTP");
    expect(await whoami(client)).toContain("edited over HTTP");
    expect(await sessionStats(client)).toContain('"whoami":2');
    await addUntilServed(dev);
    const forecast = await client.callTool({ name: "getForecast", arguments: { text: "rain" } });
    expect(JSON.stringify(forecast)).toContain("rain");
    expect(transport.sessionId).toBe(id);
    await transport.terminateSession();
    await client.close();

    dev.kill("SIGINT");
    expect(await once(dev, "exit")).toEqual([130, null]);
    await expect(fetch(url)).rejects.toThrow();
    await expectNothingLeft();
    const told = await story();
    expect(new Set(told.map((one) => one.id))).toEqual(new Set([id]));
    expect(withoutRepeats(told.map(({ event }) => event))).toEqual([
      "connect",
      "ready",
      "rootsChanged",
      "restored",
      "disconnect",
    ]);
  });

  it("keeps a stdio client's pipe through an edit, and ends with it", async () => {
    const transport = new StdioClientTransport({
      command: join(project, "node_modules/.bin/mcp"),
      args: ["dev", "--stdio"],
      cwd: project,
      stderr: "pipe",
    });
    const seen = transport.stderr;
    if (!(seen instanceof Readable)) throw new Error("standard error is piped");
    const client = await connect(transport);
    const { pid } = transport;
    expect(await whoami(client)).not.toContain("edited over stdio");
    await announceRoots(client);
    const served = lineIn(seen, /reload \d+ · src\/tools\/whoami/);
    await edit("edited over stdio");
    await served;
    expect(await whoami(client)).toContain("edited over stdio");
    expect(await sessionStats(client)).toContain('"whoami":2');
    expect(transport.pid).toBe(pid);
    await client.close();
    await expectNothingLeft();
    const events = (await story()).map(({ event }) => event);
    expect(withoutRepeats(events)).toEqual(["connect", "ready", "rootsChanged", "restored", "disconnect"]);
  });
});

/** A group of its own, so that all of it can be ended. */
function start(command: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(command, args, {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    detached: true,
  });
  running.add(child);
  return child;
}

async function stop(child: Started, signal: NodeJS.Signals): Promise<void> {
  running.delete(child);
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  process.kill(-child.pid, signal);
  await exited;
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client(
    { name: "newcomer", version: "1.0.0" },
    { capabilities: { roots: { listChanged: true } } },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: "file:///home/me/work", name: "work" }],
  }));
  await client.connect(transport);
  return client;
}

async function whoami(client: Client): Promise<string> {
  return JSON.stringify(await client.callTool({ name: "whoami", arguments: {} }));
}

/** What the server keeps for this session. */
async function sessionStats(client: Client): Promise<string> {
  return JSON.stringify(await client.callTool({ name: "sessionStats", arguments: {} })).replaceAll(
    '\\"',
    '"',
  );
}

/** Resolves when the server knows the new roots: its own tool says so. */
async function announceRoots(client: Client): Promise<void> {
  await client.sendRootsListChanged();
  for (;;) {
    const told = JSON.stringify(await client.callTool({ name: "listRoots", arguments: {} }));
    if (
      told.includes("file:///home/me/work") &&
      (await story()).some(({ event }) => event === "rootsChanged")
    )
      return;
  }
}

async function editUntilServed(dev: Started, text: string): Promise<void> {
  const served = lineIn(dev.stdout, /reload \d+ · src\/tools\/whoami/);
  await edit(text);
  await served;
}

async function addUntilServed(dev: Started): Promise<void> {
  const served = lineIn(dev.stdout, /\+ tool getForecast/);
  await execa(join(project, "node_modules/.bin/mcp"), ["add", "tool", "get-forecast"], { cwd: project });
  await served;
}

async function edit(text: string): Promise<void> {
  const file = join(project, "src/tools/whoami.ts");
  const source = await readFile(file, "utf8");
  await writeFile(
    file,
    source.replace(
      /JSON\.stringify\(\{(?:\n *edited: .*,)?/,
      `JSON.stringify({\n          edited: "${text}",`,
    ),
  );
}

function lineIn(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.on("line", (line) => {
      if (pattern.test(line)) resolve();
    });
    lines.on("close", () => reject(new Error(`ended without a line with ${String(pattern)}`)));
  });
}

/** The latest session's events, as `mcp inspect` prints them. */
async function story(): Promise<{ event: string | undefined; id: string | undefined }[]> {
  const { stdout } = await execa(
    join(project, "node_modules/.bin/mcp"),
    ["inspect", "--no-follow", "--json", "-n", "all"],
    {
      cwd: project,
    },
  );
  const lines = stdout.split("\n").map((line) => JSON.parse(line) as LogLine);
  return lines
    .filter(({ kind }) => kind === "session")
    .map((line) => ({ event: line.event, id: line["mcp.session.id"] }));
}

/** On a busy machine one change may be two saves. */
function withoutRepeats(events: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return events.filter((event, index) => event !== events[index - 1]);
}

/** No child of a dev server of this project is left. */
async function expectNothingLeft(): Promise<void> {
  const { stdout } = await execa("ps", ["-eo", "args"]);
  const left = stdout.split("\n").filter((line) => line.includes("child/main.js") && line.includes(project));
  expect(left).toEqual([]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

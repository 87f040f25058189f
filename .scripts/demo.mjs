// Shows the main job without hands: create a server, run it, connect a client, edit a file, go on in the same session.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseEnv } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const root = join(import.meta.dirname, "..");
const onTerminal = process.stdout.isTTY === true;
const scratch = await mkdtemp(join(tmpdir(), "fastmcp-demo-"));
const project = join(scratch, "my-server");
const running = [];

// Ctrl-C, and the end of the terminal, reach the dev server too; this process waits for it, then cleans up.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(signal, () => undefined);

process.exitCode = await demo().finally(async () => {
  for (const child of running) await stop(child);
  await rm(scratch, { recursive: true, force: true });
});

async function demo() {
  say(`npm create fastmcp@latest my-server`);
  const created = run(["bin/create-fastmcp.js", project, "--yes", "--no-install", "--no-git"], root);
  const [code] = await once(created, "close");
  if (code !== 0) return 1;
  // In place of an installation: what this checkout has installed is what the project asks for.
  await symlink(join(root, "node_modules"), join(project, "node_modules"));

  const port = await freePort();
  say(`mcp dev --http --port ${port}`);
  const dev = run([join(root, "bin/mcp.js"), "dev", "--http", "--port", String(port)], project);
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const ended = once(dev, "close");
  if (!(await answers(url, dev))) return 1;

  await act(url);
  if (!onTerminal) return 0;
  say("It goes on serving. Try next:");
  say(`  another terminal:  node ${relative(process.cwd(), join(root, "bin/mcp.js"))} inspect ${project}`);
  say(`  edit and save:     ${join(project, "src/tools/whoami.ts")}`);
  say("  Ctrl-C             ends it and removes the folder");
  await ended;
  return 0;
}

/** What a client and an editor do, one after the other. */
async function act(url) {
  const { MCP_ADMIN_TOKEN } = parseEnv(await readFile(join(project, ".env"), "utf8"));
  const requestInit = { headers: { Authorization: `Bearer ${MCP_ADMIN_TOKEN}` } };
  const transport = new StreamableHTTPClientTransport(url, { requestInit });
  const client = new Client(
    { name: "demo-client", version: "1.0.0" },
    { capabilities: { roots: { listChanged: true } } },
  );
  const rootsAsked = new Promise((resolve) => {
    client.setRequestHandler(ListRootsRequestSchema, () => {
      resolve();
      return { roots: [{ uri: "file:///home/me/notes", name: "notes" }] };
    });
  });
  const call = async (name) => (await client.callTool({ name, arguments: {} })).content[0].text;

  await client.connect(transport);
  await call("whoami");
  await call("sessionStats");
  await client.sendRootsListChanged();
  await rootsAsked;
  // Long enough to read, and nobody saves sooner.
  await pause(1500);

  const file = join(project, "src/tools/whoami.ts");
  const before = await readFile(file, "utf8");
  const after = before.replace(
    "JSON.stringify({",
    'JSON.stringify({\n          edited: "while you were connected",',
  );
  if (after === before) throw new Error(`${file} is not what the demo expects`);
  await writeFile(file, after);
  const id = transport.sessionId;
  await reloaded();
  if (!(await call("whoami")).includes("edited")) throw new Error("the old code answered");
  await call("sessionStats");
  if (onTerminal) await pause(1000);
  if (transport.sessionId !== id) throw new Error("the session id changed");
  await transport.terminateSession();
  await client.close();
}

/** The session log is how anybody can know what the dev server did. */
async function reloaded() {
  const folder = join(project, ".mcp/sessions");
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".jsonl"));
  for (;;) {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n").slice(0, -1);
    const served = lines
      .map((line) => JSON.parse(line))
      .filter(({ kind, event }) => kind === "reload" && event === "serving");
    if (served.length === 2) return;
    await tick();
  }
}

function say(text) {
  process.stdout.write(onTerminal ? `\x1b[2m$ ${text}\x1b[22m\n` : `$ ${text}\n`);
}

function run(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  running.push(child);
  return child;
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "close");
}

/** Whether the server answers before its process ends. */
async function answers(url, dev) {
  while (dev.exitCode === null && dev.signalCode === null) {
    try {
      await fetch(new URL("/ping", url));
      return true;
    } catch {
      await tick();
    }
  }
  return false;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function tick() {
  return pause(25);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

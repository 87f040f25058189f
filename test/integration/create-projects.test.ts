/** Every combination of options gives a project that type-checks, passes its own tests, builds, and serves its client. */
import { readFile, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
});
afterAll(() => place.remove());

const combinations = ["http", "stdio"].flatMap((transport) => [
  { transport, flags: [] as string[], name: `${transport}-roots` },
  { transport, flags: ["--no-roots"], name: `${transport}-no-roots` },
]);

test.each(combinations)("$name", async ({ transport, flags, name }) => {
  const created = await place.create([name, "--transport", transport, ...flags, "--no-install", "--no-git"]);
  expect(created.code).toBe(0);
  const project = join(place.folder, name);
  // Installed once, here: the versions are the same, which a unit test sees to.
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  for (const script of ["typecheck", "test", "build"]) {
    const ran = await execa("npm", ["run", script], { cwd: project, reject: false, all: true });
    expect(ran.exitCode, ran.all).toBe(0);
  }
  const whoami = transport === "http" ? await askOverHttp(project) : await askOverStdio(project);
  expect(JSON.stringify(whoami)).toContain(
    String.raw`\"role\":\"${transport === "http" ? "admin" : "user"}\"`,
  );
});

const started = (project: string): string => join(project, "dist", "server.js");

async function askOverStdio(project: string): Promise<unknown> {
  // Its token is in the project's .env, which it finds from anywhere.
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [started(project)], cwd: "/", stderr: "ignore" },
  });
  return whoamiThrough(transport);
}

async function askOverHttp(project: string): Promise<unknown> {
  const port = await freePort();
  const server = execa("node", [started(project)], { env: { PORT: String(port) }, reject: false });
  try {
    // Leaving execa's own iteration would wait for the end of the process.
    for await (const line of createInterface(server.stderr)) if (line.includes("server is running")) break;
    const token = /^MCP_ADMIN_TOKEN=(.+)$/m.exec(await readFile(join(project, ".env"), "utf8"))?.[1] ?? "";
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    return await whoamiThrough(
      new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), { requestInit }),
    );
  } finally {
    server.kill();
    await server;
  }
}

type Transport = StdioClientTransport | StreamableHTTPClientTransport;

async function whoamiThrough(transport: Transport): Promise<unknown> {
  const client = new Client({ name: "test", version: "1.0.0" });
  // The SDK's own class does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport);
  try {
    return await client.callTool({ name: "whoami", arguments: {} });
  } finally {
    await client.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createServer();
    socket.once("error", reject);
    socket.listen(0, "127.0.0.1", () => {
      const address = socket.address();
      socket.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

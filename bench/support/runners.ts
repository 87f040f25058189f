/** How each runner is told to run its project. All but the first are started as their own documentation says. */
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HttpClient, type HttpClientOptions } from "./http-client.ts";
import { peersFolder } from "./peers.ts";
import type { ProjectName, Stage, Started } from "./stage.ts";

export type Runner = {
  readonly name: string;
  readonly project: ProjectName;
  /** What Node is started with. */
  readonly args: (at: { readonly node: string; readonly port: number }) => readonly string[];
};

const entry = "src/server.ts";
const checkout = join(import.meta.dirname, "../..");
const ownBin = join(checkout, "bin/mcp.js");

function peer(path: string): string {
  return join(peersFolder, "node_modules", path);
}

export function mcpDev(name = "mcp dev", flags: readonly string[] = []): Runner {
  return {
    name,
    project: "fastmcp",
    args: ({ port }) => [ownBin, "dev", entry, "--http", "--port", String(port), "--strict-port", ...flags],
  };
}

export const bare: Runner = {
  name: "node --import tsx",
  project: "fastmcp",
  args: () => ["--import", "tsx", entry],
};

export const tsxWatch: Runner = {
  name: "tsx watch",
  project: "fastmcp",
  args: () => [peer("tsx/dist/cli.mjs"), "watch", "--clear-screen=false", entry],
};

export const nodeWatch: Runner = {
  name: "node --watch",
  project: "fastmcp",
  args: () => ["--watch", "--import", "tsx", entry],
};

export const nodemon: Runner = {
  name: "nodemon",
  project: "fastmcp",
  args: ({ node }) => [
    peer("nodemon/bin/nodemon.js"),
    "--watch",
    "src",
    "--ext",
    "ts",
    "--exec",
    `"${node}" --import tsx`,
    entry,
  ],
};

export const mcpUse: Runner = {
  name: "mcp-use dev",
  project: "mcp-use",
  args: ({ port }) => [
    peer("mcp-use/dist/bin.js"),
    "dev",
    "--entry",
    entry,
    "--port",
    String(port),
    "--no-open",
    "--no-inspector",
  ],
};

export const xmcp: Runner = {
  name: "xmcp dev",
  project: "xmcp",
  args: () => [peer("xmcp/dist/cli.js"), "dev"],
};

export const mcpDevStdio: readonly string[] = [ownBin, "dev", entry, "--stdio"];
export const createCommand = join(checkout, "bin/create-fastmcp.js");

export type HttpRun = {
  readonly runner: string;
  readonly folder: string;
  readonly port: number;
  readonly started: Started;
  readonly client: HttpClient;
};

type HttpRunOptions = Omit<HttpClientOptions, "port"> & {
  readonly folder?: string;
  readonly stdout?: "file" | "pipe";
  /** Before it serves. */
  readonly onStarted?: (started: Started) => void;
};

/** Starts a runner over HTTP and connects the first client. */
export async function startHttp(
  stage: Stage,
  node: string,
  runner: Runner,
  { folder: given, stdout = "file", onStarted, ...client }: HttpRunOptions = {},
): Promise<HttpRun> {
  const folder = given ?? (await stage.project(runner.project));
  const port = await freePort();
  const env = {
    PORT: String(port),
    FASTMCP_TRANSPORT: "httpStream",
    FASTMCP_HOST: "127.0.0.1",
    FASTMCP_PORT: String(port),
  };
  const started = await stage.start(node, runner.args({ node, port }), { cwd: folder, env, stdout });
  onStarted?.(started);
  const run = {
    runner: runner.name,
    folder,
    port,
    started,
    client: new HttpClient({ port, ...client }),
  };
  await connected(run);
  return run;
}

const startTimeoutMs = 60_000;
const retryPauseMs = 50;

async function connected({ runner, client, started }: HttpRun): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await client.connect();
      await client.call();
      return;
    } catch (error) {
      const ended = started.process.exitCode !== null || started.process.signalCode !== null;
      if (ended || performance.now() - startedAt > startTimeoutMs) {
        throw new Error(`${runner} does not serve: ${String(error)}\n${started.output()}`, { cause: error });
      }
      await sleep(retryPauseMs);
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

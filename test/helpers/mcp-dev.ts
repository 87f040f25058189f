/** Runs `mcp dev` for a test, and sees to it that nothing of it is left: no process, no open port. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { execa } from "execa";
import { expect, test as base } from "vitest";
import { LineSplitter } from "../../src/relay/lines.ts";
import { freePort, listens, markedProcesses, markName, takePort } from "./processes.ts";
import { Project, root } from "./project.ts";
import { Records } from "./records.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const bin = join(root, "bin/mcp.js");

type Closing = () => Promise<unknown>;
type Options = { readonly args?: readonly string[] };
export type StdioDev = {
  project: Project;
  records: Records;
  client: Client;
  transport: StdioClientTransport;
};
export type Spawned = ReturnType<typeof spawn>;

function spawn(cwd: string, nodeArgs: readonly string[], env: Record<string, string>) {
  // A command that does not end when it is asked to is a failure, not something to help along.
  const options = {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: "pipe",
    forceKillAfterDelay: false,
  } as const;
  return execa(process.execPath, nodeArgs, options);
}

export class DevBench {
  readonly mark = randomUUID();
  readonly #closings: Closing[] = [];
  readonly #ports: number[] = [];
  readonly #transcript: string[] = [];

  get env(): Record<string, string> {
    return { ...getDefaultEnvironment(), [markName]: this.mark, NO_COLOR: "1" };
  }

  async project(server: string, packages?: readonly string[]): Promise<Project> {
    const project = await Project.create(server, packages);
    this.#closings.push(() => project.remove());
    return project;
  }

  /** Starts the command as it is given; its output is what it printed when it has ended. */
  run(cwd: string, args: readonly string[]): Spawned {
    return this.#spawn(cwd, [bin, "dev", ...args], this.env);
  }

  /** Another command of the package, as it is given. */
  mcp(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Spawned {
    return this.#spawn(cwd, [bin, ...args], { ...this.env, ...env });
  }

  /** Starts it at a terminal, on a free port, as a person does. */
  async terminal(
    project: Project,
    {
      args = [],
      env = {},
      columns = 120,
    }: Options & { readonly env?: Readonly<Record<string, string>>; readonly columns?: number } = {},
  ): Promise<Terminal & { readonly port: number; readonly url: URL }> {
    const port = await freePort();
    this.#ports.push(port);
    const all = [bin, "dev", project.entry, "--port", String(port), ...args];
    const terminal = this.#open(process.execPath, all, project, env, columns);
    return { ...terminal, port, url: new URL(`http://127.0.0.1:${port}/mcp`) };
  }

  /** A shell at a terminal; `dev` is what to type there to start the command. */
  async shell(project: Project): Promise<Terminal & { readonly dev: string }> {
    const port = await freePort();
    this.#ports.push(port);
    const terminal = this.#open("bash", ["--norc", "--noprofile", "-i"], project, { PS1: "$ " }, 120);
    return { ...terminal, dev: `'${process.execPath}' '${bin}' dev ${project.entry} --port ${port}` };
  }

  #open(
    file: string,
    args: readonly string[],
    { folder }: Project,
    more: Readonly<Record<string, string>>,
    columns: number,
  ): Terminal {
    const env = Object.fromEntries(Object.entries(this.env).filter(([name]) => name !== "NO_COLOR"));
    const terminal = openTerminal(file, args, { cwd: folder, env: { ...env, ...more }, columns });
    this.#closings.push(async () => {
      this.#transcript.push(terminal.screen());
      await terminal.kill();
    });
    return terminal;
  }

  /** The same server without us, over HTTP, to compare with. Returns when it answers. */
  async bare(project: Project): Promise<{ readonly port: number; readonly url: URL }> {
    const port = await freePort();
    this.#ports.push(port);
    const asked = { FASTMCP_TRANSPORT: "httpStream", FASTMCP_PORT: String(port), FASTMCP_HOST: "127.0.0.1" };
    void this.#spawn(project.folder, ["--import", "tsx", project.entry], { ...this.env, ...asked });
    await expect.poll(() => listens(port), { timeout: 15_000, interval: 50 }).toBe(true);
    return { port, url: new URL(`http://127.0.0.1:${port}/mcp`) };
  }

  #spawn(cwd: string, nodeArgs: readonly string[], env: Record<string, string>): Spawned {
    const spawned = spawn(cwd, nodeArgs, env);
    for (const stream of [spawned.stdout, spawned.stderr]) {
      stream.on("data", (chunk: Buffer) => this.#transcript.push(chunk.toString()));
    }
    this.#closings.push(() => this.#end(spawned));
    return spawned;
  }

  /** Starts it with its records on standard output, as over HTTP. */
  start(project: Project, args: readonly string[], entry = project.entry) {
    const command = this.run(project.folder, [entry, ...args]);
    const records = new Records();
    records.read(command.stdout);
    return { command, records };
  }

  /** Starts it over HTTP on a free port and returns when the first child serves. */
  async http(
    project: Project,
    { args = [], serving = true, entry }: Options & { serving?: boolean; entry?: string } = {},
  ) {
    const port = await freePort();
    this.#ports.push(port);
    const started = this.start(project, ["--json", "--http", "--port", String(port), ...args], entry);
    if (serving) await started.records.reload("serving");
    return { ...started, project, port, url: new URL(`http://127.0.0.1:${port}/mcp`) };
  }

  stdioParameters(project: Project, args: readonly string[] = []) {
    return {
      command: process.execPath,
      args: [bin, "dev", project.entry, "--stdio", "--json", ...args],
      cwd: project.folder,
      env: this.env,
      stderr: "pipe" as const,
    };
  }

  /** Starts it as a client does that speaks over its standard input and output. */
  async stdio(
    project: Project,
    { args = [], client = newClient() }: Options & { client?: Client } = {},
  ): Promise<StdioDev> {
    const transport = new StdioClientTransport(this.stdioParameters(project, args));
    const records = new Records();
    const stderr = new PassThrough();
    transport.stderr?.pipe(stderr);
    stderr.on("data", (chunk: Buffer) => this.#transcript.push(chunk.toString()));
    records.read(stderr);
    this.#closings.push(() => client.close());
    await client.connect(transport);
    return { project, records, client, transport };
  }

  /** Starts it over stdio, with the messages in the test's own hands. */
  pipe(project: Project, args: readonly string[]) {
    const command = this.run(project.folder, [project.entry, ...args]);
    const records = new Records();
    records.read(command.stderr);
    return { command, records, ...rawClient(command) };
  }

  async connect(url: URL, { token, client = newClient() }: { token?: string; client?: Client } = {}) {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
    this.#closings.push(() => client.close());
    await client.connect(transport);
    return { client, transport };
  }

  /** One client of a server whose first child serves, over the transport that a test is run with. */
  async over(transport: "http" | "stdio", project: Project, client: Client = newClient()) {
    if (transport === "stdio") {
      const { records } = await this.stdio(project, { client });
      await records.reload("serving");
      return { project, records, client };
    }
    const { records, url } = await this.http(project);
    await this.connect(url, { client });
    return { project, records, client };
  }

  /** Ids of all that this test started and that is alive. */
  processes(): Promise<number[]> {
    return markedProcesses(this.mark);
  }

  /** Asks again and again until there is a result. */
  async eventually<Result>(ask: () => Promise<Result | undefined>, intervalMs = 50): Promise<Result> {
    let result: Result | undefined;
    await expect
      .poll(async () => (result = await ask()), { timeout: 20_000, interval: intervalMs })
      .not.toBeUndefined();
    if (result === undefined) throw new Error("the poll ended without a result");
    return result;
  }

  /** Resolves when nothing that this test started is alive. */
  async nothingRuns(): Promise<void> {
    await expect.poll(() => this.processes(), { timeout: 8000, interval: 50 }).toEqual([]);
  }

  async close(): Promise<void> {
    try {
      for (const closing of this.#closings.splice(0).reverse()) await closing();
      await this.nothingRuns();
      for (const port of this.#ports) await (await takePort(port))();
    } finally {
      for (const pid of await markedProcesses(this.mark)) process.kill(pid, "SIGKILL");
    }
  }

  printTranscript(): void {
    process.stderr.write(this.#transcript.join(""));
  }

  async #end(command: Spawned): Promise<void> {
    if (command.exitCode !== null || command.signalCode !== null) return;
    const closed = once(command, "close");
    command.kill("SIGTERM");
    await closed;
  }
}

export function newClient(): Client {
  return new Client(
    { name: "test-client", version: "1.2.3" },
    { capabilities: { roots: { listChanged: true } } },
  );
}

type Raw = Readonly<Record<string, unknown>>;

/** Lines to and from a process, and nothing that would hide what is wrong with them. */
function rawClient(command: Spawned) {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const splitter = new LineSplitter((line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  command.stdout.on("data", (chunk: Buffer) => splitter.push(chunk));
  const send = (message: object): void => void command.stdin.write(`${JSON.stringify(message)}\n`);
  const next = (wanted: (message: Raw) => boolean): Promise<Raw> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.map((line) => JSON.parse(line) as Raw).find(wanted);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const initialize = (): Promise<Raw> => {
    send(initializeRequest);
    return next(({ id }) => id === initializeRequest.id);
  };
  return { lines, send, next, initialize };
}

export const initializeRequest = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
} as const;

/** What a tool answered, as text. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args });
  const [first] = content as { text?: string }[];
  return first?.text ?? "";
}

/** A test with a bench that is cleared afterwards; what was printed is shown only if the test failed. */
export const test = base.extend<{ bench: DevBench }>({
  bench: async ({ task }, use) => {
    const bench = new DevBench();
    await use(bench);
    const failed = task.result?.state === "fail";
    try {
      await bench.close();
    } finally {
      if (failed) bench.printTranscript();
    }
  },
});

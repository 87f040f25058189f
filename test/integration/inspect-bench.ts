/** Runs `mcp inspect` for a test in a scratch project, with a registry of dev servers of its own; ends all it started. */
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa, type Options } from "execa";
import { openSessionLog, type SessionLog, type SessionLogOptions } from "../../src/log/writer.ts";

export const bin = join(import.meta.dirname, "../../bin/mcp.js");

export class InspectBench {
  readonly base: string;
  /** Has a package.json, and no logs yet. */
  readonly project: string;
  readonly sessions: string;
  readonly #closings: (() => Promise<unknown>)[] = [];
  #announcedAtMs = Date.now();

  private constructor(base: string) {
    this.base = base;
    this.project = join(base, "project");
    this.sessions = join(this.project, ".mcp", "sessions");
  }

  static async create(): Promise<InspectBench> {
    const bench = new InspectBench(await realpath(await mkdtemp(join(tmpdir(), "inspect-"))));
    await mkdir(bench.project);
    await writeFile(join(bench.project, "package.json"), "{}");
    return bench;
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.base,
      TMPDIR: this.base,
    };
  }

  start(args: readonly string[], options: Options = {}): Inspect {
    const inspect = new Inspect(args, { cwd: this.project, env: this.env, ...options });
    this.#closings.push(() => inspect.kill("SIGKILL"));
    return inspect;
  }

  async run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.start(args, options).ended();
  }

  log(options: Partial<SessionLogOptions> = {}): SessionLog {
    const log = openSessionLog({ directory: this.sessions, payloads: true, ...options });
    this.#closings.push(() => log.close());
    return log;
  }

  /** As a dev server does; each one later than the one before. */
  async announce(project: string, pid: number, { writesLog = true } = {}): Promise<void> {
    this.#announcedAtMs += 1;
    const folder = join(this.base, ".cache", "create-fastmcp");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const log = writesLog ? join(project, ".mcp", "sessions", "x.jsonl") : undefined;
    const file = `${encodeURIComponent(hostname())}-${pid}.json`;
    const announcement = { pid, project, log, announcedAtMs: this.#announcedAtMs };
    await writeFile(join(folder, file), JSON.stringify(announcement));
  }

  /** Starts a process that ends with the test. */
  async process(script: string, args: readonly string[] = []): Promise<number> {
    const child = execa(process.execPath, ["-e", script, "--", ...args], { reject: false });
    this.#closings.push(async () => {
      child.kill("SIGKILL");
      await child;
    });
    await once(child, "spawn");
    if (child.pid === undefined) throw new Error("not started");
    return child.pid;
  }

  async close(): Promise<void> {
    for (const closing of this.#closings.splice(0)) await closing();
    await rm(this.base, { recursive: true, force: true });
  }
}

export type Ended = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };

export class Inspect {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly #notes: AsyncIterator<string>;

  constructor(args: readonly string[], options: Options) {
    const all = { ...options, extendEnv: false, reject: false, stdin: "ignore" } as const;
    this.#child = execa(process.execPath, [bin, "inspect", ...args], all);
    this.#lines = linesOf(this.#child.stdout);
    this.#notes = linesOf(this.#child.stderr);
  }

  /** The next line of standard output. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error("mcp inspect has ended");
    return next.value;
  }

  /** The bodies of the next n records. */
  async bodies(count: number): Promise<unknown[]> {
    const bodies: unknown[] = [];
    while (bodies.length < count) {
      const record: unknown = JSON.parse(await this.line());
      if (typeof record === "object" && record !== null && "body" in record) bodies.push(record.body);
    }
    return bodies;
  }

  /** The next line of standard error. */
  async note(): Promise<string> {
    const next = await this.#notes.next();
    return next.done === true ? "" : next.value;
  }

  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  async kill(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.#child;
    return { code: exitCode, stdout: text(stdout), stderr: text(stderr) };
  }
}

function text(output: unknown): string {
  return typeof output === "string" ? output : "";
}

function linesOf(stream: NodeJS.ReadableStream | null): AsyncIterator<string> {
  if (stream === null) throw new Error("no stream");
  return createInterface({ input: stream })[Symbol.asyncIterator]();
}

/** Where one benchmark plays: its temporary folders, its processes, and the end of both. */
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { peersFolder } from "./peers.ts";
import { end, endMarked, markName, processorMs, start } from "./processes.ts";

export type ProjectName = "fastmcp" | "mcp-use" | "xmcp";

export type StartOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: "ignore" | "pipe";
  readonly stdout?: "file" | "pipe";
};

export type Started = {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it printed so far, but for what goes through pipes. */
  readonly output: () => string;
};

/** Quiet: less than this much processor time in that time. */
const quiet = { processorMs: 20, windowMs: 300, timeoutMs: 10_000 } as const;
/** Where processor time cannot be read. */
const blindPauseMs = 2500;

export class Stage {
  readonly #mark = randomUUID();
  readonly #processes = new Set<Started>();
  readonly #folders: string[] = [];
  readonly #files: number[] = [];
  #home: string | undefined;
  #count = 0;

  /** A copy of a project, with the peers' packages installed. */
  async project(name: ProjectName): Promise<string> {
    const folder = await this.folder();
    await cp(join(import.meta.dirname, "../projects", name), folder, { recursive: true });
    await this.installPeers(folder);
    return folder;
  }

  async folder(): Promise<string> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "fastmcp-bench-")));
    this.#folders.push(folder);
    return folder;
  }

  async installPeers(folder: string): Promise<void> {
    await symlink(join(peersFolder, "node_modules"), join(folder, "node_modules"));
  }

  async start(command: string, args: readonly string[], options: StartOptions): Promise<Started> {
    const home = (this.#home ??= await this.folder());
    const path = join(home, `output-${++this.#count}.txt`);
    const file = openSync(path, "w");
    this.#files.push(file);
    const child = start(command, args, {
      cwd: options.cwd,
      env: { ...environment(home), ...options.env, [markName]: this.#mark },
      stdin: options.stdin ?? "ignore",
      stdout: options.stdout === "pipe" ? "pipe" : file,
      stderr: file,
    });
    // A process that ends while it is written to is noticed by what it does not answer.
    child.stdin?.on("error", () => undefined);
    if (child.pid === undefined) throw new Error(`${command} could not be started`);
    const started = { process: child, pid: child.pid, output: () => readFileSync(path, "utf8") };
    this.#processes.add(started);
    return started;
  }

  async end(started: Started): Promise<void> {
    await end(started.process);
    this.#processes.delete(started);
  }

  /** Resolves when nothing that was started here uses the processor any more, and not before `leastMs`. */
  async idle(leastMs = 0): Promise<void> {
    await sleep(leastMs);
    const startedAt = performance.now();
    const used = (): number | undefined => processorMs([...this.#processes].map(({ pid }) => pid));
    let before = used();
    if (before === undefined) return sleep(blindPauseMs);
    while (performance.now() - startedAt < quiet.timeoutMs) {
      await sleep(quiet.windowMs);
      const now = used() ?? 0;
      if (now - before <= quiet.processorMs) return;
      before = now;
    }
  }

  /** Ends every process and removes every folder. */
  async close(): Promise<void> {
    await Promise.all([...this.#processes].map((started) => this.end(started)));
    endMarked(this.#mark);
    for (const file of this.#files.splice(0)) closeSync(file);
    for (const folder of this.#folders.splice(0)) {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    this.#home = undefined;
  }
}

/** Nothing opens a browser, is sent anywhere, or is written to the user's own folders. */
function environment(home: string): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, SystemRoot } = process.env;
  return {
    PATH,
    TMPDIR,
    SystemRoot,
    HOME: home,
    NO_COLOR: "1",
    BROWSER: "none",
    DO_NOT_TRACK: "1",
    NO_UPDATE_NOTIFIER: "1",
    MCP_USE_ANONYMIZED_TELEMETRY: "false",
    XMCP_TELEMETRY_DISABLED: "true",
  };
}

/** A save, as an editor does it that writes the file in place. */
export function greet(folder: string, word: string): void {
  writeFileSync(
    join(folder, "src/greeting.ts"),
    `export const greeting: string = ${JSON.stringify(word)};\n`,
  );
}

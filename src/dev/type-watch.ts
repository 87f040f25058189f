/** Lets the project's own TypeScript watch its types, and records what a save broke and what it mended. */
import { execa } from "execa";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Recorder } from "../log/record.ts";
import { endGroup } from "../platform/process-group.ts";
import { LineSplitter } from "../relay/lines.ts";
import type { Entry } from "./entry.ts";
import { configFor, findCompiler, readTypeError, type Compiler, type TypeError } from "./typescript.ts";

/** Reloads come first. */
const niceness = 10;
const endGraceMs = 500;
/** What ends each round of the compiler, in its words: TS6194 and TS6193. */
const roundEnd = /Found \d+ errors?\. Watching for file changes\./;

type Running = { readonly pid: number; readonly exited: Promise<unknown> };

export class TypeWatch {
  readonly #entry: Entry;
  readonly #recorder: Recorder;
  #running: Running | undefined;
  #known: ReadonlyMap<string, TypeError> = new Map();
  #round: TypeError[] = [];
  #isStarted = false;
  #isFirst = true;
  readonly #closing = new AbortController();

  constructor(entry: Entry, recorder: Recorder) {
    this.#entry = entry;
    this.#recorder = recorder;
  }

  /** After the first start of the server, which has the machine for itself. Called again, it does nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const found = findCompiler(this.#entry);
    if ("missing" in found) this.#say(`types are not checked: ${found.missing}`);
    else void this.#run(found);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) await endGroup(running.pid, running.exited, endGraceMs);
  }

  async #run(found: Compiler): Promise<void> {
    const { compiler } = found;
    const { project, file } = this.#entry;
    const config = await configFor(found, file, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    const program = fileURLToPath(new URL("./child/type-check.js", import.meta.url));
    const args = ["--noEmit", "--watch", "--preserveWatchOutput", "--pretty", "false", "-p", config];
    const subprocess = execa(process.execPath, [program, compiler, ...args], {
      ...{ cwd: project, ipc: true, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      ...{ buffer: false, reject: false, detached: true, cleanup: false },
    });
    const { pid } = subprocess;
    if (pid === undefined) return;
    lowerPriority(pid);
    const lines = new LineSplitter((line) => this.#read(line));
    subprocess.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
    subprocess.stderr.resume();
    const running: Running = { pid, exited: subprocess };
    this.#running = running;
    void subprocess.then(() => {
      if (this.#running === running) this.#say("types are checked no more: the compiler has ended");
    });
  }

  #read(line: string): void {
    const { project } = this.#entry;
    const error = readTypeError(line, project, project);
    if (error !== undefined) this.#round.push(error);
    else if (roundEnd.test(line)) this.#roundEnded();
  }

  /** The same error on another line is no news. */
  #roundEnded(): void {
    const now = new Map(this.#round.map((error) => [keyOf(error), error]));
    const broken = [...now].filter(([key]) => !this.#known.has(key)).map(([, error]) => error);
    const mended = [...this.#known].filter(([key]) => !now.has(key)).map(([, error]) => error);
    const isNews = this.#isFirst || broken.length > 0 || mended.length > 0;
    this.#known = now;
    this.#round = [];
    this.#isFirst = false;
    if (isNews) this.#recorder({ kind: "types", body: { broken, mended, left: now.size } });
  }

  #say(message: string): void {
    this.#recorder({ kind: "error", body: { message } });
  }
}

function keyOf({ place, message, code }: TypeError): string {
  return [place?.replace(/:\d+:\d+$/, ""), code, message].join("\n");
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // Where it is not allowed, it runs like anything else.
  }
}

/** One child: a process that is spawned, may warm up, is told once to run the entry, and is ended. */
import { execa } from "execa";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import {
  loaderParameter,
  promptFd,
  warmFilesOf,
  type FromChild,
  type Prepare,
  type Serve,
  type ToChild,
} from "../child/messages.ts";
import { endGroup, signalGroup } from "../platform/process-group.ts";
import { LineSplitter } from "../relay/lines.ts";
import type { Entry } from "./entry.ts";

export type ChildListener = {
  readonly onMessage: (message: FromChild) => void;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** Everything it printed has been passed on before. */
  readonly onExit: (how: string) => void;
};

/** What happens before the child runs is told when it does: a package that prints on import would have printed then. */
type State =
  | { readonly kind: "waiting"; readonly held: ((listener: ChildListener) => void)[] }
  | { readonly kind: "running"; readonly generation: number; readonly listener: ChildListener };

const terminationGraceMs = 2000;
/** What an ended child has printed is read by then; somebody else may hold its pipes open. */
const lastWordsMs = 250;
/** Ids of those that may be alive, and lead a group of their own. */
const living = new Set<number>();

process.once("exit", killChildren);

/** Leaves no child of this process time to end by itself. */
export function killChildren(): void {
  for (const pid of living) signalGroup(pid, "SIGKILL");
}

/** For the child's own threads and processes; the child itself loads the loader when it is prepared. */
function loaderArguments({ loader }: Entry): string[] {
  if (loader === undefined) return [];
  const inherited = childFile("inherited-loader");
  inherited.search = new URLSearchParams({ [loaderParameter]: loader }).toString();
  return ["--import", inherited.href];
}

/** As it lies in the built package. */
function childFile(name: string): URL {
  return new URL(`./child/${name}.js`, import.meta.url);
}

export class ChildProcess {
  readonly pid: number;
  /** Resolves when it has loaded and exercised all that it can without the entry, or has ended. */
  readonly warm: Promise<void>;
  /** When it was told to run the entry, in ms since the epoch. */
  ranAt = Infinity;
  readonly #process;
  readonly #exited: Promise<void>;
  #state: State = { kind: "waiting", held: [] };
  #ended = false;

  constructor(entry: Entry, prepare: Prepare) {
    this.#process = execa(process.execPath, [...loaderArguments(entry), fileURLToPath(childFile("main"))], {
      cwd: process.cwd(),
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      ipc: true,
      serialization: "advanced",
      buffer: false,
      reject: false,
      // Its own group, so that what it starts is ended with it and Ctrl-C reaches us first.
      detached: true,
      cleanup: false,
    });
    const subprocess = this.#process;
    if (subprocess.pid === undefined) throw new Error("the child process could not be started");
    this.pid = subprocess.pid;
    subprocess.stdout.on("data", (chunk: Buffer) => this.#tell(({ onStdout }) => onStdout(chunk)));
    subprocess.stderr.on("data", (chunk: Buffer) => this.#tell(({ onStderr }) => onStderr(chunk)));
    const prompt = new LineSplitter((line) => {
      const told = JSON.parse(line) as FromChild;
      this.#tell(({ onMessage }) => onMessage(told));
    });
    subprocess.stdio[promptFd].on("data", (chunk: Buffer) => prompt.push(chunk));
    // A child that ends while it is written to is reported by its exit.
    subprocess.stdin.on("error", () => undefined);
    // What it has started may hold its pipes open, and "close" waits for them; what it has detached is in no group of ours.
    let closing: NodeJS.Timeout | undefined;
    subprocess.once("exit", () => {
      signalGroup(this.pid, "SIGKILL");
      closing = setTimeout(() => this.#closePipes(), lastWordsMs);
    });
    this.#exited = new Promise((resolve) => {
      subprocess.once("close", (code, signal) => {
        this.#ended = true;
        clearTimeout(closing);
        // Its id may be somebody else's by and by.
        living.delete(this.pid);
        for (const file of warmFilesOf(tmpdir(), this.pid))
          void rm(file, { force: true }).catch(() => undefined);
        resolve();
        const how = signal === null ? `exited with code ${String(code)}` : `was ended by ${signal}`;
        this.#tell(({ onExit }) => onExit(how));
      });
    });
    this.warm = new Promise((resolve) => {
      void this.#exited.then(resolve);
      subprocess.on("message", (message) => {
        // Both ends are of one version, and the channels are theirs alone.
        const told = message as FromChild;
        if (told.type === "warm") resolve();
        else this.#tell(({ onMessage }) => onMessage(told));
      });
    });
    living.add(this.pid);
    this.send(prepare);
  }

  /** The how-manieth child to run the entry; 0 before it does. */
  get generation(): number {
    return this.#state.kind === "running" ? this.#state.generation : 0;
  }

  get isAlive(): boolean {
    return !this.#ended;
  }

  /** Runs the entry. Everything that the child does and did is told to the listener. `serve` as in the message. */
  run(generation: number, listener: ChildListener, serve?: Serve): void {
    if (this.#state.kind === "running") return;
    const { held } = this.#state;
    this.#state = { kind: "running", generation, listener };
    for (const tell of held) tell(listener);
    this.ranAt = Date.now();
    this.send({ type: "run", ...(serve === undefined ? {} : { serve }) });
  }

  send(message: ToChild): void {
    // The callback takes the error of a channel that closes meanwhile; the exit is reported apart.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  write(text: string): void {
    this.#process.stdin.write(`${text}\n`);
  }

  closeInput(): void {
    this.#process.stdin.end();
  }

  /** Resolves when the process and everything that it started are gone. */
  async end(): Promise<void> {
    if (!this.#ended) await endGroup(this.pid, this.#exited, terminationGraceMs);
    else signalGroup(this.pid, "SIGKILL");
    living.delete(this.pid);
  }

  #closePipes(): void {
    const { stdin, stdout, stderr, stdio } = this.#process;
    for (const pipe of [stdin, stdout, stderr, stdio[promptFd]]) pipe.destroy();
  }

  #tell(tell: (listener: ChildListener) => void): void {
    if (this.#state.kind === "running") tell(this.#state.listener);
    else this.#state.held.push(tell);
  }
}

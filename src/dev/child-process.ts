/** One child: a process that is spawned warm, told to run the entry, and ended. */
import { execa } from "execa";
import { fileURLToPath } from "node:url";
import type { FromChild, ToChild } from "../child/messages.ts";
import { endGroup, signalGroup } from "../platform/process-group.ts";
import type { Entry } from "./entry.ts";

export type ChildListener = {
  readonly onMessage: (message: FromChild) => void;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** Everything it printed has been passed on before. */
  readonly onExit: (how: string) => void;
};

const terminationGraceMs = 2000;

export class ChildProcess {
  readonly generation: number;
  readonly pid: number;
  readonly #process;
  readonly #exited: Promise<void>;
  #ended = false;

  constructor(generation: number, entry: Entry, listener: ChildListener) {
    this.generation = generation;
    this.#process = execa(
      process.execPath,
      [...entry.nodeArguments, fileURLToPath(new URL("./child/main.js", import.meta.url)), entry.file],
      {
        cwd: process.cwd(),
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
        ipc: true,
        serialization: "advanced",
        buffer: false,
        reject: false,
        // Its own group, so that what it starts is ended with it and Ctrl-C reaches us first.
        detached: true,
        cleanup: false,
      },
    );
    const subprocess = this.#process;
    if (subprocess.pid === undefined) throw new Error("the child process could not be started");
    this.pid = subprocess.pid;
    subprocess.on("message", (message) => listener.onMessage(message as FromChild));
    subprocess.stdout.on("data", listener.onStdout);
    subprocess.stderr.on("data", listener.onStderr);
    // A child that ends while it is written to is reported by its exit.
    subprocess.stdin.on("error", () => undefined);
    // What it has started may hold its pipes open, and "close" waits for them.
    subprocess.once("exit", () => signalGroup(this.pid, "SIGKILL"));
    this.#exited = new Promise((resolve) => {
      subprocess.once("close", (code, signal) => {
        this.#ended = true;
        resolve();
        listener.onExit(signal === null ? `exited with code ${String(code)}` : `was ended by ${signal}`);
      });
    });
    process.once("exit", this.#endAtExit);
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
    process.off("exit", this.#endAtExit);
  }

  readonly #endAtExit = (): void => signalGroup(this.pid, "SIGKILL");
}

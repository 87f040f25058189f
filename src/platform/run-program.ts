/** Runs a program in a process group of its own and passes on each line that it prints; aborted, all of the group ends. */
import { execa } from "execa";
import { endGroup } from "./process-group.ts";

export type ProgramRun = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Beside this process's own; undefined takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

/** `missing`: there is no such program. */
export type ProgramEnd = "succeeded" | "failed" | "missing";

const killAfterMs = 5000;

/** Never rejects; when aborted, resolves once nothing of what was started is left. */
export async function runProgram({ file, args, cwd, env, signal, onLine }: ProgramRun): Promise<ProgramEnd> {
  if (signal.aborted) return "failed";
  const child = execa(file, args, {
    ...{ cwd, env, stdin: "ignore", all: true, buffer: false, reject: false },
    // What it starts, such as install scripts, would outlive it and go on writing.
    detached: process.platform !== "win32",
  });
  let ending: Promise<void> | undefined;
  const end = (): void => {
    if (child.pid !== undefined) ending ??= endGroup(child.pid, child, killAfterMs);
  };
  signal.addEventListener("abort", end);
  const read = async (): Promise<void> => {
    for await (const line of child.iterable({ from: "all" })) onLine(line);
  };
  const [result] = await Promise.all([child, read().catch(() => undefined)]);
  signal.removeEventListener("abort", end);
  await ending;
  if (result.code === "ENOENT") return "missing";
  return result.failed ? "failed" : "succeeded";
}

/** The last lines of what a program prints, without empty ones. */
export class Tail {
  readonly #most: number;
  readonly #lines: string[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  push(line: string): void {
    if (line.trim() === "") return;
    this.#lines.push(line);
    if (this.#lines.length > this.#most) this.#lines.shift();
  }
}

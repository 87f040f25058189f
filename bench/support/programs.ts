/** Runs a program to its end: how long it took and how much memory it had. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { spawn as spawnAtTerminal } from "@lydell/node-pty";

export const ownBin = join(import.meta.dirname, "../../bin/mcp.js");

export type Program = { readonly command: string; readonly args: readonly string[]; readonly cwd: string };

export type Run = { readonly ms: number; readonly outputBytes: number };

/** At a pseudo-terminal: from its start to its exit. Rejects if it fails. */
export function runAtTerminal({ command, args, cwd }: Program): Promise<Run> {
  const startedAt = performance.now();
  const terminal = spawnAtTerminal(command, [...args], { cwd, ...terminalOptions });
  let outputBytes = 0;
  terminal.onData((data) => (outputBytes += data.length));
  return new Promise((resolve, reject) => {
    terminal.onExit(({ exitCode }) => {
      if (exitCode === 0) resolve({ ms: performance.now() - startedAt, outputBytes });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${exitCode}`));
    });
  });
}

export const terminalOptions = {
  cols: 120,
  rows: 40,
  name: "xterm-256color",
  env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", TERM: "xterm-256color" },
} as const;

/** Into a pipe that is read: from its start to its exit. `undefined` if there is no such program. */
export async function runIntoPipe({ command, args, cwd }: Program): Promise<Run | undefined> {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let outputBytes = 0;
  child.stdout.on("data", (chunk: Buffer) => (outputBytes += chunk.length));
  const code = await new Promise<unknown>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve("missing");
      else reject(error);
    });
  });
  if (code === "missing") return undefined;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${String(code)}`);
  return { ms: performance.now() - startedAt, outputBytes };
}

/** Loaded into a program of Node: what it had at its end, where the system tells. */
const peakPrinter = `data:text/javascript,${encodeURIComponent(`
  import fs from "node:fs";
  process.on("exit", () => fs.writeSync(3, fs.readFileSync("/proc/self/status")));
`)}`;

/** The most memory that was resident (VmHWM of proc(5)), in MiB; `undefined` where the system does not tell. */
export async function peakResidentMiB(
  node: string,
  { args, cwd }: Omit<Program, "command">,
): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const child = spawn(node, ["--import", peakPrinter, ...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  let status = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => (status += chunk.toString()));
  await once(child, "close");
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status);
  return match === null ? undefined : Number(match[1]) / 1024;
}

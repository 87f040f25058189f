/** Processes that a benchmark has started: what they cost, and that none is left. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** In the environment of all that is started, so that what has left its parent is found too. */
export const markName = "FASTMCP_BENCH_MARK";

const terminationGraceMs = 4000;

export type Spawning = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: "ignore" | "pipe";
  readonly stdout: number | "pipe";
  /** A file descriptor. */
  readonly stderr: number;
};

export function start(
  command: string,
  args: readonly string[],
  { cwd, env, stdin, stdout, stderr }: Spawning,
): ChildProcess {
  // Its own group: Ctrl-C reaches the benchmark alone, which then ends it.
  return spawn(command, args, { cwd, env, stdio: [stdin, stdout, stderr], detached: true });
}

/** Asks the process to end as Ctrl-C or a closed terminal would, and ends its group if it does not. */
export async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    signalGroup(pid, "SIGTERM");
    await Promise.race([exited, sleep(terminationGraceMs, undefined, { ref: false })]);
  }
  signalGroup(pid, "SIGKILL");
}

/** Ends what carries the mark and is still there. */
export function endMarked(mark: string): void {
  const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,command="], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  for (const line of stdout.split("\n")) {
    const pid = Number.parseInt(line, 10);
    if (pid !== process.pid && line.includes(`${markName}=${mark}`)) signal(pid, "SIGKILL");
  }
}

/** Processor time of these processes and all below them, in ms; `undefined` where the system does not tell. */
export function processorMs(roots: readonly number[]): number | undefined {
  if (process.platform !== "linux") return undefined;
  let ticks = 0;
  const queue = [...roots];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    // proc(5): user and system time are fields 14 and 15; the second field may hold spaces.
    const stat = readProc(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    queue.push(...readProc(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number));
  }
  return ticks * 10;
}

/** Resident memory of that process alone, in MiB; `undefined` where the system does not tell. */
export function residentMiB(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status"));
  return match === null ? undefined : Number(match[1]) / 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  signal(-pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}

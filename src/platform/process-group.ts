/** Ends a process and everything it started: the one place that kills. */
import { spawnSync } from "node:child_process";

const onWindows = process.platform === "win32";

/** Signals the process group that `pid` leads (a process spawned with `detached`). Quiet when it is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (onWindows) {
    // Windows has no groups and no signals: the tree is ended.
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Asks the group to end, and makes it after `graceMs`. Resolves when the leader is gone and nothing of its group is left.
 * @param exited resolves when the leader has exited.
 */
export async function endGroup(pid: number, exited: Promise<unknown>, graceMs: number): Promise<void> {
  signalGroup(pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
  await exited;
  clearTimeout(timer);
  // What the leader started and did not end itself.
  signalGroup(pid, "SIGKILL");
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM");
}

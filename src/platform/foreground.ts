/** Whether this process may change the terminal: one in the background that tries to is stopped by the kernel. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(process.pid)], { encoding: "utf8" });
    return stdout.includes("+");
  }
  try {
    // proc_pid_stat(5): after the name in parentheses: state, parent, group, session, terminal, its foreground group.
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    return true;
  }
}

/** Whether the process with an id is still the one that was meant. */
import { readFileSync } from "node:fs";
import { errorCode } from "./open-log.ts";

/** Clocks are set, and the start of a process is known to a second only. */
const toleranceMs = 60_000;
const ticksPerSecond = 100;

/**
 * @param startedByMs the process wrote something at this time, so one that was started later is another one with
 * the same id; looked at where the system tells (Linux).
 */
export function isAlive(pid: number, startedByMs?: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    if (errorCode(error) !== "EPERM") return false;
  }
  const startedMs = startedByMs === undefined ? undefined : processStartMs(pid);
  return startedMs === undefined || startedByMs === undefined || startedMs <= startedByMs + toleranceMs;
}

function processStartMs(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 22, counted from the third, for the second is a name in brackets and may hold anything.
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    const startedMs = (bootSeconds + ticks / ticksPerSecond) * 1000;
    return Number.isFinite(startedMs) ? startedMs : undefined;
  } catch {
    return undefined;
  }
}

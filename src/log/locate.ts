/** Finds the logs that are meant by a path: those of a project, or one file. */
import { existsSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CliError } from "../cli-error.ts";
import {
  acceptsLogs,
  acceptsPartsOf,
  groupByLog,
  listLogFiles,
  type Accepts,
  type FoundFile,
} from "./log-files.ts";
import { errorCode, notAFile, readFailure } from "./open-log.ts";
import { isAlive } from "./process-alive.ts";

/** Where logs are, and which of the files there are meant. */
export type Place = {
  readonly folder: string;
  readonly accepts: Accepts;
  /** `project`: logs may appear, disappear and be many. `file`: one was named. */
  readonly kind: "project" | "file";
  /** What to call it. */
  readonly name: string;
};

/** @throws CliError if nothing is there, or no project. */
export function placeAt(argument: string, cwd: string): Place {
  const path = resolve(cwd, argument);
  const stats = statsOf(path);
  if (stats.isFile()) return placeOfFile(path);
  if (!stats.isDirectory()) throw notAFile(path);
  const place = placeOfSessions(path) ?? placeOfProject(path);
  if (place !== undefined) return place;
  throw new CliError(`${argument} is no project and holds no session logs`, {
    hint: "give a folder with a package.json, or a log file",
  });
}

/** The project of a folder, if it is in one. */
export function placeOfProject(folder: string): Place | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, "package.json")) || existsSync(join(current, ".mcp"))) {
      return { folder: sessionsOf(current), accepts: acceptsLogs, kind: "project", name: current };
    }
    if (current === dirname(current)) return undefined;
  }
}

export function placeOfFile(path: string): Place {
  return { folder: dirname(path), accepts: acceptsPartsOf(path), kind: "file", name: path };
}

function sessionsOf(project: string): string {
  return join(project, ".mcp", "sessions");
}

/** `.mcp`, or the folder of the logs itself. */
function placeOfSessions(folder: string): Place | undefined {
  const sessions = basename(folder) === ".mcp" ? join(folder, "sessions") : folder;
  if (basename(sessions) !== "sessions" || basename(dirname(sessions)) !== ".mcp") return undefined;
  return { folder: sessions, accepts: acceptsLogs, kind: "project", name: dirname(dirname(sessions)) };
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** What is there now, a log after the other. */
export async function logsIn(place: Place): Promise<FoundFile[][]> {
  try {
    return groupByLog(await listLogFiles(place.folder, place.accepts));
  } catch (error) {
    if (errorCode(error) === "EACCES" || errorCode(error) === "EPERM") throw readFailure(place.folder, error);
    throw error;
  }
}

/** All that are being written, else the newest. */
export function currentLogs(logs: readonly FoundFile[][]): {
  readonly logs: FoundFile[][];
  readonly isLive: boolean;
} {
  const live = logs.filter((parts) =>
    parts.some(({ pid, startedMs }) => pid !== undefined && isAlive(pid, startedMs)),
  );
  return live.length > 0 ? { logs: live, isLive: true } : { logs: logs.slice(-1), isLive: false };
}

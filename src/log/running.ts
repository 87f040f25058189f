/** The dev servers that run on this machine for this user: each announces itself with a file, and takes it away when it ends. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./process-alive.ts";

export type DevServer = {
  readonly pid: number;
  /** Absolute path of the project. */
  readonly project: string;
  /** Absolute path of the session log, if one is written. */
  readonly log?: string;
  /** Where HTTP clients connect. */
  readonly url?: string;
  readonly transport?: string;
};

export type RunningDevServer = DevServer & {
  /** Milliseconds since the epoch. */
  readonly announcedAtMs: number;
};

/**
 * Never throws: a server that cannot be announced runs all the same.
 * @returns takes the announcement away; synchronous, safe when the process exits, and when called twice.
 */
export function announceDevServer(info: DevServer): () => void {
  const folder = folders().find((one) => makeOwn(one));
  if (folder === undefined) return () => undefined;
  const file = join(folder, fileName(info.pid));
  // Written aside and renamed: nobody reads half of it.
  const unfinished = `${file}.new`;
  try {
    writeFileSync(unfinished, JSON.stringify({ ...info, announcedAtMs: Date.now() }), { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    remove(unfinished);
  }
  return () => remove(file);
}

/** Oldest first. What a dead process left is removed. */
export function runningDevServers(): RunningDevServer[] {
  const servers = folders().filter(isOwn).flatMap(announcedIn);
  return servers.sort((a, b) => a.announcedAtMs - b.announcedAtMs);
}

function announcedIn(folder: string): RunningDevServer[] {
  try {
    const files = readdirSync(folder).filter((name) => isOfThisMachine(name));
    return files.flatMap((name) => readAnnouncement(join(folder, name)) ?? []);
  } catch {
    return [];
  }
}

/** Machines and containers may share a home, and have process ids of their own. */
function fileName(pid: number | string): string {
  return `${encodeURIComponent(hostname())}-${pid}.json`;
}

function isOfThisMachine(name: string): boolean {
  const pid = /-(\d+)\.json$/.exec(name)?.[1];
  return pid !== undefined && name === fileName(pid);
}

function readAnnouncement(file: string): RunningDevServer | undefined {
  const server = parse(file);
  if (server !== undefined && isAlive(server.pid, server.announcedAtMs)) return server;
  remove(file);
  return undefined;
}

function parse(file: string): RunningDevServer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("pid" in value && "project" in value && "announcedAtMs" in value)) return undefined;
  const { pid, project, announcedAtMs } = value;
  if (typeof pid !== "number" || typeof project !== "string" || typeof announcedAtMs !== "number")
    return undefined;
  const text = (name: "log" | "url" | "transport"): Partial<Record<typeof name, string>> => {
    const field: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
    return typeof field === "string" ? { [name]: field } : {};
  };
  return { pid, project, announcedAtMs, ...text("log"), ...text("url"), ...text("transport") };
}

/**
 * The first that can be used is written to, all are read. It depends on nothing but the home: a desktop client starts
 * its servers almost without environment, and a terminal that has XDG_RUNTIME_DIR or a TMPDIR must find them all the same.
 */
function folders(): string[] {
  const inTemporary = join(tmpdir(), `create-fastmcp-${ownUid() ?? "user"}`);
  const home = homeFolder();
  return home === undefined ? [inTemporary] : [join(home, ".cache", "create-fastmcp"), inTemporary];
}

/** A container may run as a user whom no list of users names: what looks there throws. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** `undefined` on Windows. */
function ownUid(): number | undefined {
  return process.geteuid?.();
}

function makeOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
  } catch {
    return false;
  }
  return isOwn(folder);
}

/** In a shared temporary folder someone else may have made one of this name: then it is not ours, and not used. */
function isOwn(folder: string): boolean {
  let stats: Stats;
  try {
    stats = lstatSync(folder);
  } catch {
    return false;
  }
  if (!stats.isDirectory()) return false;
  const uid = ownUid();
  return uid === undefined || (stats.uid === uid && (stats.mode & 0o077) === 0);
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A folder that became read-only: readers see that the process is gone.
  }
}

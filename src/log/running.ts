/** The dev servers that run on this machine for this user: each announces itself with a file, and takes it away when it ends. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
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
  let file: string;
  try {
    const folder = ownFolder();
    if (folder === undefined) return () => undefined;
    file = join(folder, `${info.pid}.json`);
    // Written aside and renamed: nobody reads half of it.
    const unfinished = `${file}.${process.pid}.new`;
    writeFileSync(unfinished, JSON.stringify({ ...info, announcedAtMs: Date.now() }), { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    return () => undefined;
  }
  return () => remove(file);
}

/** Oldest first. What a dead process left is removed. */
export function runningDevServers(): RunningDevServer[] {
  try {
    const folder = ownFolder();
    if (folder === undefined) return [];
    const files = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
    const servers = files.map((name) => readAnnouncement(join(folder, name)));
    return servers.filter((server) => server !== undefined).sort((a, b) => a.announcedAtMs - b.announcedAtMs);
  } catch {
    return [];
  }
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

/** In a shared temporary folder someone else may have made one of this name: then it is not ours, and not used. */
function ownFolder(): string | undefined {
  const runtimeFolder = process.env["XDG_RUNTIME_DIR"];
  const inRuntime =
    runtimeFolder === undefined || runtimeFolder === "" ? undefined : join(runtimeFolder, "create-fastmcp");
  const { uid } = userInfo();
  const inTemporary = join(tmpdir(), `create-fastmcp-${uid === -1 ? "user" : uid}`);
  return [inRuntime, inTemporary].find((folder) => folder !== undefined && isOwn(folder, uid));
}

function isOwn(folder: string, uid: number): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It is there, or cannot be: the next lines tell.
  }
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return false;
  return process.platform === "win32" || (stats.uid === uid && (stats.mode & 0o077) === 0);
}

function remove(file: string): void {
  rmSync(file, { force: true });
}

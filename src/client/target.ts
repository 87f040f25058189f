/** Decides whom a command talks to: a running dev server of this project, or the project's server, started for it. */
import { CliError, exitCodes } from "../cli-error.ts";
import { findEntry, type Entry } from "../dev/entry.ts";
import { placeOfProject } from "../log/locate.ts";
import { runningDevServers, type RunningDevServer } from "../log/running.ts";

export type Target =
  | { readonly kind: "url"; readonly url: URL; readonly project: string | undefined }
  | { readonly kind: "start"; readonly entry: Entry };

export type TargetOptions = {
  readonly url?: string;
  readonly entry?: string;
  /** Start the server even if one runs. */
  readonly fresh?: true;
};

/** @throws CliError if there is nobody to talk to, or no way to tell who is meant. */
export function findTarget({ url, entry, fresh }: TargetOptions, cwd: string): Target {
  if (url !== undefined) return { kind: "url", url: parseUrl(url), project: undefined };
  if (entry !== undefined) return { kind: "start", entry: findEntry(entry, cwd) };
  const project = placeOfProject(cwd)?.name;
  const running = fresh === true ? undefined : runningFor(project);
  if (running?.url !== undefined) {
    return { kind: "url", url: new URL(running.url), project: running.project };
  }
  return { kind: "start", entry: findEntry(undefined, project ?? cwd) };
}

/** The newest of this project that serves HTTP; outside any project the only one of this machine. */
function runningFor(project: string | undefined): RunningDevServer | undefined {
  const servers = runningDevServers().filter(({ url }) => url !== undefined);
  if (project !== undefined) {
    return servers.findLast((server) => server.project === project);
  }
  if (servers.length <= 1) return servers[0];
  throw new CliError("this folder is in no project, and several dev servers run on this machine", {
    hint: `name one: ${servers.map(({ url }) => `--url ${String(url)}`).join("  or  ")}`,
    exitCode: exitCodes.usage,
  });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new CliError(`${text} is no URL of a server`, {
    hint: "such as http://127.0.0.1:8080/mcp",
    exitCode: exitCodes.usage,
  });
}

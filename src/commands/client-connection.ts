/** Opens the connection that `mcp call` and its kin speak through, as their common flags say. */
import { connect, type ConnectOptions, type Connection } from "../client/connect.ts";
import { headersFor } from "../client/headers.ts";
import { findTarget, type Target, type TargetOptions } from "../client/target.ts";
import { Environment, environmentFiles } from "../dev/environment.ts";
import { placeOfProject } from "../log/locate.ts";
import { printNotification, printServerLine } from "./call-output.ts";

type Flags = TargetOptions & { readonly header?: readonly string[] };

export type Opened = { readonly connection: Connection; readonly target: Target };
type More = Pick<ConnectOptions, "identity" | "capabilities" | "meta" | "onRequest" | "overHttp">;

/** @throws CliError if there is nobody to talk to. */
export async function openConnection(
  flags: Flags,
  signal: AbortSignal,
  { overHttp = flags.header !== undefined, ...more }: More = {},
): Promise<Opened> {
  const target = findTarget(flags, process.cwd());
  const project = projectOf(target);
  const connection = await connect(target, {
    headers: headersFor(flags.header ?? [], variablesOf(project), project !== undefined),
    overHttp,
    signal,
    onOutput: printServerLine,
    onNotification: printNotification,
    root: project ?? process.cwd(),
    ...more,
  });
  return { connection, target };
}

function projectOf(target: Target): string | undefined {
  return target.kind === "start" ? target.entry.project : target.project;
}

/** The shell's, and those of the project's `.env`. */
export function variablesOf(project: string | undefined): Record<string, string | undefined> {
  const folder = project ?? placeOfProject(process.cwd())?.name;
  if (folder === undefined) return process.env;
  const files = environmentFiles([], folder, process.cwd());
  return { ...process.env, ...new Environment(files, false).variables() };
}

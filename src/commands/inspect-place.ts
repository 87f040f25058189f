/** Decides which logs `mcp inspect` means: those of the argument, of this project, or of a dev server that runs here. */
import { dirname } from "node:path";
import { CliError, exitCodes } from "../cli-error.ts";
import { placeAt, placeOfFile, placeOfProject, type Place } from "../log/locate.ts";
import { withElsewhere } from "../log/logged-elsewhere.ts";
import { runningDevServers, type RunningDevServer } from "../log/running.ts";
import { plainText } from "../terminal/plain-text.ts";

/** @returns `undefined` if a person was asked to choose and did not. */
export async function choosePlace(
  target: string | undefined,
  cwd: string,
  { program, signal }: { readonly program: string; readonly signal: AbortSignal },
): Promise<Place | undefined> {
  const place = target === undefined ? placeOfProject(cwd) : placeAt(target, cwd);
  if (place !== undefined) return withElsewhere(place);

  const servers = runningDevServers();
  const [first] = servers;
  if (first === undefined) {
    throw new CliError("this folder is in no project, and no dev server runs on this machine", {
      hint: `start one with mcp dev, or name a project: ${program} path/to/project`,
    });
  }
  if (servers.length === 1) {
    // Nobody named it: whose lines these are is to be seen at once.
    process.stderr.write(`${plainText(`mcp dev of ${first.project}`)}\n`);
    return placeOf(first);
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw severalRun(servers, program);
  const chosen = await chooseFrom(servers, first, { program, signal });
  return chosen === undefined ? undefined : placeOf(chosen);
}

function placeOf({ project, log }: RunningDevServer): Place {
  if (log === undefined) throw writesNoLog(project);
  const place = placeAt(project, project);
  return dirname(log) === place.folder ? place : placeOfFile(log);
}

/** A dev server runs there that was told to write no log. */
export function runsWithoutLog({ kind, name }: Place): boolean {
  return (
    kind === "project" &&
    runningDevServers().some(({ project, log }) => project === name && log === undefined)
  );
}

export function writesNoLog(project: string): CliError {
  return new CliError(`the dev server of ${project} writes no log`, { hint: "start it without --no-log" });
}

function severalRun(servers: readonly RunningDevServer[], program: string): CliError {
  const commands = servers.map(({ project }) => `${program} ${project}`);
  return new CliError(`${servers.length} dev servers run on this machine, and there is nobody to ask which`, {
    hint: `one of: ${[...new Set(commands)].join(" · ")}`,
    exitCode: exitCodes.usage,
  });
}

async function chooseFrom(
  servers: readonly RunningDevServer[],
  preset: RunningDevServer,
  { program, signal }: { readonly program: string; readonly signal: AbortSignal },
): Promise<RunningDevServer | undefined> {
  const { askOneOf, isCancelledPrompt } = await import("../terminal/prompts.ts");
  const choices = servers.map((server) => ({
    value: server,
    name: plainText(`${server.project}  ${server.url ?? server.transport ?? "starting"}  pid ${server.pid}`),
  }));
  try {
    return await askOneOf(
      { input: process.stdin, output: process.stderr, signal },
      { message: "Which dev server?", flag: `${program} path/to/project`, choices, preset },
    );
  } catch (error) {
    if (isCancelledPrompt(error)) return undefined;
    throw error;
  }
}

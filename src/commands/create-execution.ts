/** Carries out a planned creation step by step, shows each, and takes everything back when it is cancelled on the way. */
import { CliError, exitCodes } from "../cli-error.ts";
import { commitProject, type GitOutcome } from "../platform/git.ts";
import { install } from "../platform/install.ts";
import type { TemplateOptions } from "../scaffold/catalogue.ts";
import { shellWord } from "../scaffold/invocation.ts";
import { installLeftovers, scriptCommand, watchedInstallCommand } from "../scaffold/package-managers.ts";
import type { PackageManager } from "../scaffold/package-managers.ts";
import { place } from "../scaffold/place.ts";
import type { PlannedFile } from "../scaffold/plan.ts";
import type { Fit, Target } from "../scaffold/target.ts";
import { showFarewell, showPlan, type ShownFile } from "../terminal/create-screen.ts";
import { noSteps, seconds, stepScreen, type StepScreen } from "../terminal/steps.ts";
import { packageVersion } from "../version.ts";

/** Everything that is decided before anything is written. */
export type Creation = {
  readonly name: string;
  readonly template: string;
  readonly options: TemplateOptions;
  readonly manager: PackageManager;
  readonly target: Target;
  /** As a person in the current folder writes it. */
  readonly shownPath: string;
  readonly files: readonly PlannedFile[];
  readonly fit: Fit;
  readonly install: boolean;
  readonly git: boolean;
  readonly swallowedVariables: readonly string[];
};

export function showDryRun(creation: Creation, json: boolean): number {
  if (json) printJson({ ...summary(creation), dryRun: true });
  else {
    const steps = [
      ...(creation.install ? [installCommandLine(creation.manager)] : []),
      ...(creation.git ? ["git init, first commit"] : []),
    ];
    showPlan(process.stdout, creation.target.path, shownFiles(creation), steps);
  }
  return exitCodes.done;
}

export async function executeCreation(
  creation: Creation,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const startedAt = performance.now();
  const screen = json ? noSteps : stepScreen(process.stdout);
  const kept = new Set(creation.fit.keep);
  const files = creation.files.filter(({ path }) => !kept.has(path));
  const leftovers = creation.git ? [...installLeftovers, ".git"] : installLeftovers;
  const placed = await place(creation.target, files, leftovers, signal);
  try {
    screen.start("").done(writtenLine(creation, files.length));
    const installed = creation.install ? await installInto(creation, screen, signal) : undefined;
    // A project that is not installed has no lockfile yet: the first commit is better made with it.
    const git =
      creation.git && !(installed instanceof InstallFailure)
        ? await commit(creation, screen, signal)
        : undefined;
    signal.throwIfAborted();
    return finish(creation, { installed, git, startedAt, json });
  } catch (error) {
    // A project whose install failed is whole, and stays; anything else that went wrong takes it away again.
    if (!(error instanceof InstallFailure)) await placed.undo();
    throw error;
  }
}

type Ending = {
  readonly installed: "installed" | InstallFailure | undefined;
  readonly git: GitOutcome | undefined;
  readonly startedAt: number;
  readonly json: boolean;
};

function finish(creation: Creation, { installed, git, startedAt, json }: Ending): number {
  const durationMs = Math.round(performance.now() - startedAt);
  if (json) printJson({ ...summary(creation), ...results(installed, git), durationMs });
  if (installed instanceof InstallFailure) throw installed;
  if (!json) showFarewell(process.stdout, farewell(creation, durationMs));
  return exitCodes.done;
}

class InstallFailure extends CliError {}

/** A failed install leaves a valid project: the error says how to go on. */
async function installInto(
  creation: Creation,
  screen: StepScreen,
  signal: AbortSignal,
): Promise<"installed" | InstallFailure> {
  const { manager, target } = creation;
  const step = screen.start(`installing with ${manager}`);
  const startedAt = performance.now();
  let requests = 0;
  const onLine = (line: string): void => {
    if (line.startsWith("npm http ")) step.update(`${(requests += 1)} requests`);
    else if (line.trim() !== "") step.update(line.trim());
  };
  try {
    const { file, args } = watchedInstallCommand(manager);
    const outcome = await install({
      ...{ file, args, cwd: target.path, signal, onLine },
      without: creation.swallowedVariables,
    });
    if (outcome.kind === "installed") {
      step.done(`installed with ${manager} in ${seconds(performance.now() - startedAt)}`);
      return "installed";
    }
    const retry = `the project is complete; install it with: ${goTo(creation)}${installCommandLine(manager)}`;
    if (outcome.kind === "missing") {
      step.failed(`${manager} is not installed`);
      return new InstallFailure(`${manager} could not be started: it is not installed`, { hint: retry });
    }
    step.failed(`${installCommandLine(manager)} failed`);
    if (outcome.offline !== undefined) {
      const reason = `${manager} could not reach the package registry (${outcome.offline}): is there a network?`;
      return new InstallFailure(reason, { hint: retry });
    }
    const reason = `${installCommandLine(manager)} failed`;
    const tail = outcome.tail.map((line) => `      ${line}`).join("\n");
    return new InstallFailure(tail === "" ? reason : `${reason}\n${tail}`, { hint: retry });
  } catch (error) {
    step.clear();
    throw error;
  }
}

async function commit(creation: Creation, screen: StepScreen, signal: AbortSignal): Promise<GitOutcome> {
  const step = screen.start("first commit");
  try {
    const outcome = await commitProject(
      creation.target.path,
      `Create ${creation.name} with create-fastmcp ${packageVersion}`,
      signal,
    );
    if (outcome.kind === "committed") step.done("first commit in a new git repository");
    else step.skipped(`no commit: ${outcome.reason}`);
    return outcome;
  } catch (error) {
    step.clear();
    throw error;
  }
}

function writtenLine(creation: Creation, count: number): string {
  const { shownPath, template, options, fit } = creation;
  const kept = fit.keep.length === 0 ? "" : `; your ${fit.keep.join(", ")} kept`;
  return `${shownPath}: ${count} files, template ${template}: ${optionsLine(template, options)}${kept}`;
}

function farewell(creation: Creation, durationMs: number): Parameters<typeof showFarewell>[1] {
  const { manager, shownPath, options, template } = creation;
  const serves =
    options.transport === "http"
      ? "serves http://127.0.0.1:8080/mcp, reloads on every save"
      : "serves it, reloads on every save";
  return {
    elapsed: seconds(durationMs),
    next: [
      ...(shownPath === "." ? [] : [[`cd ${shellWord(shownPath)}`, ""] as const]),
      ...(creation.install ? [] : [[installCommandLine(manager), ""] as const]),
      [scriptCommand(manager, "dev"), serves],
      [scriptCommand(manager, "inspect"), "in another terminal: what its sessions do"],
      [scriptCommand(manager, "test"), "speaks MCP to it"],
    ],
    notes: template === "session" ? notesFor(options, manager) : [],
  };
}

function optionsLine(template: string, { transport, auth, state, roots }: TemplateOptions): string {
  if (template !== "session") return transport;
  return `${transport}, auth ${auth}, state ${state}, ${roots ? "with" : "without"} roots`;
}

/** What a person has to know before the first client can come in. */
function notesFor({ auth, state }: TemplateOptions, manager: PackageManager): string[] {
  const signIn = {
    none: "Everybody who reaches the server may use it; web pages from elsewhere may not.",
    token:
      "Clients sign in with MCP_ADMIN_TOKEN or MCP_USER_TOKEN: both are in .env, made for this project alone.",
    jwt: `Clients sign in with a token: ${scriptCommand(manager, "token")} makes one, with a key made for this project alone.`,
    oauth: `Clients sign in at a local issuer: ${scriptCommand(manager, "issuer")} runs it. The README says how it becomes GitHub.`,
  };
  return [
    signIn[auth],
    ...(state === "redis" ? ["Sessions keep their state in Redis, at REDIS_URL of .env."] : []),
  ];
}

function goTo({ shownPath }: Creation): string {
  return shownPath === "." ? "" : `cd ${shellWord(shownPath)} && `;
}

function installCommandLine(manager: PackageManager): string {
  return `${manager} install`;
}

function shownFiles({ files, fit }: Creation): readonly ShownFile[] {
  const action = (path: string): ShownFile["action"] =>
    fit.keep.includes(path) ? "keep" : fit.overwrite.includes(path) ? "overwrite" : "write";
  return files.map(({ path }) => ({ path, action: action(path) }));
}

/** Paths and sizes, no contents: the tokens stay in the files. */
function summary(creation: Creation): Record<string, unknown> {
  const { name, template, options, manager, target, files } = creation;
  const actions = new Map(shownFiles(creation).map(({ path, action }) => [path, action]));
  return {
    ...{ name, directory: target.path, template, ...options, packageManager: manager },
    files: files.map(({ path, content }) => ({
      path,
      bytes: Buffer.byteLength(content),
      action: actions.get(path),
    })),
    install: creation.install ? { command: installCommandLine(manager) } : null,
    git: creation.git ? { command: "git init" } : null,
  };
}

function results(
  installed: "installed" | InstallFailure | undefined,
  git: GitOutcome | undefined,
): Record<string, unknown> {
  return {
    result: {
      install: installed instanceof InstallFailure ? { failed: installed.message } : (installed ?? "skipped"),
      git: git === undefined ? "skipped" : git.kind === "committed" ? "committed" : { skipped: git.reason },
    },
  };
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Carries out a planned creation step by step, shows each, and takes everything back when it is cancelled on the way. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../cli-error.ts";
import { commitProject, type GitOutcome } from "../platform/git.ts";
import { install } from "../platform/install.ts";
import { elsewhere } from "../scaffold/file-errors.ts";
import { installLeftovers, watchedInstallCommand } from "../scaffold/package-managers.ts";
import { place } from "../scaffold/place.ts";
import type { PlannedFile } from "../scaffold/plan.ts";
import { lockedManager } from "../scaffold/read-project.ts";
import { noSteps, seconds, stepScreen, type StepScreen } from "../terminal/steps.ts";
import { packageVersion } from "../version.ts";
import {
  printJson,
  results,
  sayFarewell,
  sayPlan,
  summary,
  writtenLines,
  type Results,
} from "./create-report.ts";
import {
  CancelledInstall,
  failureWithTail,
  goTo,
  installCommandLine,
  KeptFailure,
  type Creation,
} from "./creation.ts";
import { nameHoistedProgram } from "./hoisted.ts";
import { keepPlaced } from "./keep-placed.ts";

export function showDryRun(creation: Creation, json: boolean): number {
  if (json) printJson({ ...summary(creation), dryRun: true });
  else sayPlan(creation);
  return exitCodes.done;
}

/**
 * @throws KeptFailure where the project is written but a later step failed, CancelledInstall where packages that were there
 * are not as they were; on anything else nothing is left.
 */
export async function executeCreation(
  creation: Creation,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const startedAt = performance.now();
  const screen = json ? noSteps : stepScreen(process.stdout);
  const kept = new Set(creation.fit.keep);
  const files = creation.files.filter(({ path }) => !kept.has(path));
  const leftovers = creation.git ? [...installLeftovers, ".git"] : installLeftovers;
  const hadPackages = existsSync(join(creation.target.path, "node_modules"));
  const placed = await place(creation.target, files, leftovers, signal, elsewhere);
  let done: Results;
  try {
    for (const line of writtenLines(creation, files.length)) screen.start("").done(line);
    done = await steps(creation, files, screen, signal);
    signal.throwIfAborted();
  } catch (error) {
    await placed.undo(error);
    if (!signal.aborted || !creation.install || !hadPackages) throw error;
    throw new CancelledInstall(lockedManager(creation.target.path) ?? creation.manager);
  }
  await keepPlaced(placed);
  const durationMs = Math.round(performance.now() - startedAt);
  if (json) printJson({ ...summary(creation), ...results(done), durationMs });
  for (const step of [done.installed, done.verified]) if (step instanceof KeptFailure) throw step;
  if (!json) sayFarewell(creation, durationMs);
  return exitCodes.done;
}

async function steps(
  creation: Creation,
  files: readonly PlannedFile[],
  screen: StepScreen,
  signal: AbortSignal,
): Promise<Results> {
  const installed = creation.install ? await installInto(creation, screen, signal) : undefined;
  if (installed === "installed") await fitIntoWorkspace(creation, files, screen);
  const git = creation.git ? await commit(creation, screen, signal) : undefined;
  if (!creation.verify || installed instanceof KeptFailure) return { installed, git, verified: undefined };
  const { verify } = await import("./create-verify.ts");
  return { installed, git, verified: await verify(creation, screen, signal) };
}

/** A failed install leaves a valid project: the error says how to go on. */
async function installInto(
  creation: Creation,
  screen: StepScreen,
  signal: AbortSignal,
): Promise<"installed" | KeptFailure> {
  const { manager, target } = creation;
  const step = screen.start(`installing with ${manager}`);
  const startedAt = performance.now();
  let requests = 0;
  const onLine = (line: string): void => {
    if (line.startsWith("npm http ")) step.update(`${(requests += 1)} requests`);
    else if (line.trim() !== "") step.update(line.trim());
  };
  try {
    const { file, args, env } = watchedInstallCommand(manager);
    const without = Object.fromEntries(creation.swallowedVariables.map((name) => [name, undefined]));
    const outcome = await install({
      ...{ file, args, cwd: target.path, signal, onLine },
      env: { ...without, ...env },
    });
    if (outcome.kind === "installed") {
      step.done(`installed with ${manager} in ${seconds(performance.now() - startedAt)}`);
      return "installed";
    }
    const retry = `the project is complete; install it with: ${goTo(creation)}${installCommandLine(manager)}`;
    if (outcome.kind === "missing") {
      step.failed(`${manager} is not installed`);
      return new KeptFailure(`${manager} could not be started: it is not installed`, { hint: retry });
    }
    const reason = `${installCommandLine(manager)} failed`;
    step.failed(reason);
    if (outcome.offline === undefined) return failureWithTail(reason, outcome.tail, retry);
    const unreached = `${manager} could not reach the package registry (${outcome.offline}): is there a network?`;
    return new KeptFailure(unreached, { hint: retry });
  } catch (error) {
    step.clear();
    throw error;
  }
}

async function fitIntoWorkspace(
  { target }: Creation,
  files: readonly PlannedFile[],
  screen: StepScreen,
): Promise<void> {
  const program = await nameHoistedProgram(target.path, files);
  if (program === undefined) return;
  screen.start("").done(`part of a workspace: clients start ${program}`);
  const ofOwnRepository = files
    .map(({ path }) => path)
    .filter((path) => /^(Dockerfile$|\.github\/)/.test(path));
  if (ofOwnRepository.length > 0)
    screen
      .start("")
      .skipped(`made for a repository of its own, yours to adapt: ${ofOwnRepository.join(", ")}`);
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

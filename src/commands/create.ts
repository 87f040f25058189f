/** `mcp create`, which is also `create-fastmcp`: reads the options, asks for what is missing, plans, writes, installs, commits. */
import { join, relative, sep } from "node:path";
import { CliError, exitCodes } from "../cli-error.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { ownPackage } from "../platform/own-package.ts";
import { versionOf } from "../platform/program-version.ts";
import { auths, states, templates, transports } from "../scaffold/catalogue.ts";
import { liesInStrangeProject } from "../scaffold/boundary.ts";
import { cliSource } from "../scaffold/cli-source.ts";
import { readDirectory } from "../scaffold/directory.ts";
import { startedAs } from "../scaffold/invocation.ts";
import { readOptions, type CreateOptions } from "../scaffold/options.ts";
import {
  layerOf,
  packageManagerOf,
  packageManagers,
  pinned,
  versionIn,
  type PackageManager,
} from "../scaffold/package-managers.ts";
import { planFiles } from "../scaffold/plan.ts";
import { readLayers, readVersions } from "../scaffold/read-template.ts";
import { newSecrets } from "../scaffold/secrets.ts";
import { recoverSwallowedFlags } from "../scaffold/swallowed-flags.ts";
import { findTarget, fitInto, refuseConflicts } from "../scaffold/target.ts";
import { LeftBehind } from "../scaffold/undo.ts";
import { showTemplates } from "../terminal/create-screen.ts";
import { stylesFor } from "../terminal/styles.ts";
import { parseCommandLine } from "./command-line.ts";
import { answersFor, Cancelled, type Answers } from "./create-answers.ts";
import { executeCreation, showDryRun } from "./create-execution.ts";
import { knownVariables, mergeFiles } from "./create-merge.ts";
import { CancelledInstall, type Creation } from "./creation.ts";

export async function run(typed: readonly string[], program: string): Promise<number> {
  const recovered = recoverSwallowedFlags(typed, process.env);
  const parsed = parseCommandLine({
    args: recovered.args,
    program,
    summary: "Create a FastMCP server: typed sessions, tokens, tests, reload on save.",
    examples: [
      [`${program} my-server`, "asks for the rest on a terminal"],
      [`${program} my-server --transport stdio -y`, "asks nothing"],
      [`${program} . --dry-run`, "shows what it would write here"],
    ],
    declare: (command) =>
      command
        .argument("[directory]", "where; its name is the project's name")
        .option("--template <name>", "which template; --list prints them (default: session)")
        .option("--list", "print the templates")
        .option("--transport <kind>", `what npm start serves: ${transports.join(", ")} (default: http)`)
        .option("--auth <kind>", `how callers prove who they are: ${auths.join(", ")} (default: token)`)
        .option("--state <kind>", `where per-session state lives: ${states.join(", ")} (default: memory)`)
        .option("--no-roots", "without the client's roots")
        .option("--pm <name>", `${packageManagers.join(", ")} (default: the one that runs this)`)
        .option("--no-install", "install nothing")
        .option("--no-git", "no repository, no first commit")
        .option("--cli <spec>", "where the project gets this package from")
        .option("-y, --yes", "no questions, defaults for all that is not given")
        .option("--force", "write over files that the template also has")
        .option("--dry-run", "print the plan, write nothing")
        .option("--verify", "after the install: type check, tests, a live handshake")
        .option("--json", "print the result as one JSON value"),
  });
  if (parsed.kind === "help") return exitCodes.done;

  const options = readOptions(parsed.options);
  if (recovered.flags.length > 0) {
    const { dim } = stylesFor(process.stderr);
    const note = `npm kept ${recovered.flags.join(" ")} for itself; taken from there (next time, put -- before the flags)`;
    process.stderr.write(`${dim(note)}\n`);
  }
  if (options.list) {
    if (options.json)
      process.stdout.write(`${JSON.stringify(templates.map(({ name, summary }) => ({ name, summary })))}\n`);
    else showTemplates(process.stdout, templates);
    return exitCodes.done;
  }

  const cancellation = cancelOnSignals();
  try {
    const manager = options.packageManager ?? packageManagerOf(process.env["npm_config_user_agent"]);
    const directory = parsed.args[0];
    const start = startedAs(program, process.env);
    const answers = await answersFor(options, directory, start, cancellation.signal);
    const creation = await plan(options, answers, manager, recovered.variables);
    return options.dryRun
      ? showDryRun(creation, options.json)
      : await executeCreation(creation, { json: options.json, signal: cancellation.signal });
  } catch (error) {
    const cancelled = cancellation.signal.aborted || error instanceof Cancelled;
    if (!cancelled || error instanceof LeftBehind) throw error;
    const left = error instanceof CancelledInstall ? error.message : "nothing was left behind";
    process.stderr.write(`cancelled, ${left}\n`);
    return cancellation.exitCode();
  } finally {
    cancellation.dispose();
  }
}

/** Reads what there is, decides what will be written, writes nothing. */
async function plan(
  options: CreateOptions,
  answers: Answers,
  manager: PackageManager,
  swallowedVariables: readonly string[],
): Promise<Creation> {
  const read = readDirectory(answers.directory, process.cwd());
  if (!read.ok) throw new CliError(read.problem, { exitCode: exitCodes.usage });
  const { template } = answers;
  const own = ownPackage();
  const templatesFolder = join(own.folder, "templates");
  const version = versionIn(process.env["npm_config_user_agent"], manager) ?? (await askVersion(manager));
  const layers = template.layers(answers.made, layerOf(manager, version));
  const target = await findTarget(read.path);
  const planned = planFiles({
    name: read.name,
    files: await readLayers(templatesFolder, layers),
    versions: await readVersions(templatesFolder),
    packageManager: manager,
    packageManagerVersion: version,
    inStrangeProject: await liesInStrangeProject(read.path),
    cliSource: cliSource(own, manager, options.cli),
    secrets: newSecrets(answers.made.auth, read.name, await knownVariables(target.path)),
  });
  const found = await fitInto(
    target,
    planned.map(({ path }) => path),
  );
  refuseConflicts(target, found, options.force);
  const { files, fit } = await mergeFiles(target.path, planned, found);
  return {
    ...{
      name: read.name,
      template: template.name,
      options: answers.made,
      manager,
      target,
      files,
      fit,
      swallowedVariables,
    },
    shownPath: relativeTo(process.cwd(), target.path),
    install: options.install,
    git: options.git,
    verify: options.verify,
    command: answers.command,
    told: answers.told,
  };
}

/** Only of those whose version a project has to name, and which did not start us and say so themselves. */
function askVersion(manager: PackageManager): Promise<string | undefined> {
  return pinned[manager] === undefined ? Promise.resolve(undefined) : versionOf(manager);
}

function relativeTo(cwd: string, path: string): string {
  const shown = relative(cwd, path);
  if (shown === "") return ".";
  return shown.startsWith(`..${sep}..`) ? path : shown;
}

/** `mcp create`, which is also `create-fastmcp`: reads the options, asks for what is missing, plans, writes, installs, commits. */
import { join, relative, sep } from "node:path";
import { CliError, exitCodes } from "../cli-error.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { ownPackage } from "../platform/own-package.ts";
import {
  auths,
  states,
  templateNamed,
  templates,
  transports,
  type TemplateOptions,
} from "../scaffold/catalogue.ts";
import { cliSource } from "../scaffold/cli-source.ts";
import { readDirectory } from "../scaffold/directory.ts";
import { startedAs, wholeCommand } from "../scaffold/invocation.ts";
import { readOptions, templateOptions, type CreateOptions } from "../scaffold/options.ts";
import { packageManagerOf, packageManagers, type PackageManager } from "../scaffold/package-managers.ts";
import { planFiles } from "../scaffold/plan.ts";
import { readLayers, readVersions } from "../scaffold/read-template.ts";
import { newSecrets } from "../scaffold/secrets.ts";
import { recoverSwallowedFlags } from "../scaffold/swallowed-flags.ts";
import { findTarget, fitInto, refuseConflicts } from "../scaffold/target.ts";
import { showTemplates } from "../terminal/create-screen.ts";
import { stylesFor } from "../terminal/styles.ts";
import { parseCommandLine } from "./command-line.ts";
import { executeCreation, showDryRun, type Creation } from "./create-execution.ts";

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
        .option("--template <name>", "which template; --list prints them", "session")
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
        .option("--verify", "check the new project (not yet)")
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
    const flags = recovered.args.filter((arg) => arg !== directory);
    const start = startedAs(program, manager, process.env);
    const answers = await answersFor({ options, directory, flags, start, signal: cancellation.signal });
    const creation = await plan(options, answers, manager, recovered.variables);
    return options.dryRun
      ? showDryRun(creation, options.json)
      : await executeCreation(creation, { json: options.json, signal: cancellation.signal });
  } catch (error) {
    if (!cancellation.signal.aborted && !(error instanceof Cancelled)) throw error;
    process.stderr.write("cancelled, nothing was left behind\n");
    return cancellation.exitCode();
  } finally {
    cancellation.dispose();
  }
}

type Answers = { readonly directory: string; readonly made: TemplateOptions };

/** A person left a question with Ctrl-C. */
class Cancelled extends Error {}

async function answersFor(given: {
  readonly options: CreateOptions;
  readonly directory: string | undefined;
  readonly flags: readonly string[];
  readonly start: string;
  readonly signal: AbortSignal;
}): Promise<Answers> {
  const { options, directory, flags, start, signal } = given;
  const template = templateNamed(options.template);
  // What the template does not have is an error before anything is asked, too.
  templateOptions(template, options);
  // A wrong name that was typed is an error before anything is asked.
  if (directory !== undefined) await checkDirectory(directory, start, flags);
  if (mayAsk(options)) {
    const { askForRest } = await import("./create-questions.ts");
    const streams = { input: process.stdin, output: process.stdout, signal };
    const answers = await askForRest(streams, {
      directory,
      transport: options.transport,
      roots: options.roots ?? (template.has.includes("roots") ? undefined : template.defaults.roots),
    });
    if (answers === "cancelled") throw new Cancelled();
    const { transport, roots } = answers;
    return {
      directory: answers.directory,
      made: templateOptions(template, { ...options, transport, roots }),
    };
  }
  if (directory === undefined) {
    throw new CliError("no directory was given, and there is nobody to ask", {
      hint: `run: ${wholeCommand(start, "my-mcp-server", flags)}`,
      exitCode: exitCodes.usage,
    });
  }
  return { directory, made: templateOptions(template, options) };
}

function mayAsk({ yes, json }: CreateOptions): boolean {
  const { CI } = process.env;
  const automated = CI !== undefined && CI !== "" && CI !== "false" && CI !== "0";
  return process.stdin.isTTY && process.stdout.isTTY && !automated && !yes && !json;
}

async function checkDirectory(text: string, start: string, flags: readonly string[]): Promise<void> {
  const read = readDirectory(text, process.cwd());
  if (!read.ok) {
    const { problem, suggestion } = read;
    const hint =
      suggestion === undefined ? "choose another name" : `try: ${wholeCommand(start, suggestion, flags)}`;
    throw new CliError(problem, { hint, exitCode: exitCodes.usage });
  }
  await findTarget(read.path);
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
  const template = templateNamed(options.template);
  const own = ownPackage();
  const templatesFolder = join(own.folder, "templates");
  const layers = template.layers(answers.made, manager);
  const files = planFiles({
    name: read.name,
    files: await readLayers(templatesFolder, layers),
    versions: await readVersions(templatesFolder),
    packageManager: manager,
    cliSource: cliSource(own, manager, options.cli),
    secrets: newSecrets(answers.made.auth, read.name),
  });
  const target = await findTarget(read.path);
  const fit = await fitInto(
    target,
    files.map(({ path }) => path),
  );
  refuseConflicts(target, fit, options.force);
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
  };
}

function relativeTo(cwd: string, path: string): string {
  const shown = relative(cwd, path);
  if (shown === "") return ".";
  return shown.startsWith(`..${sep}..`) ? path : shown;
}

/** Settles what a project is made with: from flags, from questions where somebody can be asked, else from defaults. */
import { CliError, exitCodes } from "../cli-error.ts";
import { whoRuns, type Operator } from "../platform/automation.ts";
import { templateNamed } from "../scaffold/catalogue.ts";
import { readDirectory } from "../scaffold/directory.ts";
import { allFlags, wholeCommand } from "../scaffold/invocation.ts";
import { templateOptions, type CreateOptions } from "../scaffold/options.ts";
import { findTarget, refuseInUse, type Target } from "../scaffold/target.ts";
import type { Chosen } from "./create-questions.ts";

export type Answers = Chosen & {
  /** The one command that makes the same project without a question. */
  readonly command: string;
  /** Why that command is worth being shown; undefined where a person has typed it. */
  readonly told: "asked" | "not asked" | undefined;
};

/** A person left a question with Ctrl-C. */
export class Cancelled extends Error {}

/** The template of those who do not say which. */
const defaultTemplate = "session";

/**
 * @param start how the program was started, as a person types it.
 * @throws CliError with exit code 2 for what is wrong or missing, Cancelled where a question was left.
 */
export async function answersFor(
  options: CreateOptions,
  directory: string | undefined,
  start: string,
  signal: AbortSignal,
): Promise<Answers> {
  // What is wrong already is an error before anything is asked.
  const template = templateNamed(options.template ?? defaultTemplate);
  const made = templateOptions(template, options);
  const command = (chosen: Chosen): string =>
    wholeCommand(start, chosen.directory, allFlags(chosen.template, chosen.made, options));
  const target =
    directory === undefined
      ? undefined
      : await targetOf(directory, (name) => command({ directory: name, template, made }));
  const operator = whoRuns(process.stdin.isTTY && process.stdout.isTTY);
  if (operator.kind === "person" && !options.yes && !options.json) {
    const { askForRest } = await import("./create-questions.ts");
    if (target !== undefined) await refuseInUse(target, options.force);
    const streams = { input: process.stdin, output: process.stdout, signal };
    const chosen = await askForRest(streams, { ...options, directory });
    if (chosen === "cancelled") throw new Cancelled();
    return { ...chosen, command: command(chosen), told: "asked" };
  }
  if (directory === undefined) {
    throw new CliError(`no directory was given, and ${reason(operator)}`, {
      hint: `run: ${command({ directory: "my-mcp-server", template, made })}`,
      exitCode: exitCodes.usage,
    });
  }
  const chosen = { directory, template, made };
  return { ...chosen, command: command(chosen), told: options.yes ? undefined : "not asked" };
}

function reason(operator: Operator): string {
  switch (operator.kind) {
    case "agent":
      return `nothing is asked of an agent (${operator.name})`;
    case "ci":
      return "nothing is asked in CI";
    case "no-terminal":
    case "person":
      return "there is nobody to ask";
  }
}

async function targetOf(text: string, commandWith: (name: string) => string): Promise<Target> {
  const read = readDirectory(text, process.cwd());
  if (read.ok) return findTarget(read.path);
  const { problem, suggestion } = read;
  const hint = suggestion === undefined ? "choose another name" : `try: ${commandWith(suggestion)}`;
  throw new CliError(problem, { hint, exitCode: exitCodes.usage });
}

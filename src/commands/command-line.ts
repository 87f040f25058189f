/** What all commands share in reading their arguments: commander's set-up, and its errors as ours. */
import { Command, CommanderError, type Option } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import { packageVersion } from "../version.ts";

export type CommandLine = {
  /** The words behind the program's name. */
  readonly args: readonly string[];
  readonly program: string;
  readonly summary: string;
  /** Two or three real calls with what they do, shown at the end of --help. */
  readonly examples: readonly (readonly [call: string, meaning: string])[];
  /** Declares arguments and options. */
  readonly declare: (command: Command) => void;
};

export type ParsedCommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "run"; readonly args: string[]; readonly options: Record<string, unknown> };

/**
 * Parses one command's arguments. `--help` and `--version` are answered here and give `{ kind: "help" }`.
 * @throws CliError with exit code 2 for unknown flags, missing or wrong values.
 */
export function parseCommandLine(line: CommandLine): ParsedCommandLine {
  const command = new Command(line.program)
    .description(line.summary)
    .helpOption("-h, --help", "show this")
    .version(packageVersion, "-V, --version", "print the version")
    .option("--no-color", "no colours")
    .showSuggestionAfterError(true)
    .configureHelp({ optionDescription: describe })
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  line.declare(command);
  const width = Math.max(...line.examples.map(([call]) => call.length));
  const examples = line.examples.map(([call, meaning]) => `  ${call.padEnd(width)}  ${meaning}`);
  command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  try {
    command.parse([...line.args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "help" };
    throw usageError(error.message, line.program);
  }
  if (command.opts()["color"] === false) process.env["NO_COLOR"] = "1";
  return { kind: "run", args: command.args, options: command.opts() };
}

/** A default that says something stands behind it in brackets. */
function describe({ description, defaultValue }: Option): string {
  const isTold = typeof defaultValue === "string" || typeof defaultValue === "number";
  return isTold ? `${description} (${defaultValue})` : description;
}

function usageError(commanderMessage: string, program: string): CliError {
  const [message = "", suggestion] = commanderMessage.replace(/^error: /, "").split("\n");
  const hint = suggestion?.replace(/^\(D(.*)\)$/, "d$1");
  return new CliError(message, { hint: hint ?? `see ${program} --help`, exitCode: exitCodes.usage });
}

/** The error for a command that does not exist, with the nearest one that does. */
export function unknownCommand(name: string, known: readonly string[]): CliError {
  const probe = new Command("mcp").exitOverride().configureOutput({ writeErr: () => undefined });
  for (const command of known) probe.command(command);
  try {
    probe.parse([name], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return usageError(error.message, "mcp");
    throw error;
  }
  return usageError(`unknown command '${name}'`, "mcp");
}

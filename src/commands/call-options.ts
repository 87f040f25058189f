/** The flags of `mcp call`, read and checked. */
import type { Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import type { TargetOptions } from "../client/target.ts";

export type CallFlags = TargetOptions & {
  resource?: string;
  prompt?: string;
  list?: true;
  header?: string[];
  check: boolean;
  json?: true;
};

export type Wanted =
  | { readonly kind: "list" }
  | { readonly kind: "tool"; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: "prompt"; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: "resource"; readonly uri: string };

/** For a flag that may be given several times; none is an empty list. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

export function declareHeaderFlag(command: Command): void {
  command.option(
    "-H, --header <header>",
    "send it, such as 'Authorization: Bearer $TOKEN' (repeatable)",
    collect,
  );
}

/** Those that say whom to talk to, and as whom. */
export function declareTargetFlags(command: Command): void {
  declareHeaderFlag(command);
  command
    .option("--url <url>", "a server at this address")
    .option("--entry <file>", "start this server")
    .option("--fresh", "start the server even if one runs");
}

export function declareCallFlags(command: Command): void {
  command
    .argument("[words...]", "the tool, then its arguments: one JSON object, or key=value …")
    .option("--resource <uri>", "read a resource instead")
    .option("--prompt <name>", "get a prompt instead, with key=value arguments")
    .option("--list", "show what the server offers");
  declareTargetFlags(command);
  command
    .option("--no-check", "send arguments that do not fit the schema too")
    .option("--json", "the result as JSON");
}

/** @throws CliError if not exactly one thing is wanted. */
export function readWanted(flags: CallFlags, words: readonly string[], program: string): Wanted {
  const { resource, prompt, list } = flags;
  const asked = [resource, prompt, list].filter((flag) => flag !== undefined).length;
  if (asked > 1) throw usage("--resource, --prompt and --list exclude each other", "choose one");
  if (prompt !== undefined) return { kind: "prompt", name: prompt, words };
  const [name, ...rest] = words;
  if (resource !== undefined || list === true) {
    if (name !== undefined) throw usage(`what is "${name}" for?`, "--resource and --list take no arguments");
    return resource === undefined ? { kind: "list" } : { kind: "resource", uri: resource };
  }
  if (name === undefined) throw usage("which tool?", `see what there is: ${program} --list`);
  return { kind: "tool", name, words: rest };
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: exitCodes.usage });
}

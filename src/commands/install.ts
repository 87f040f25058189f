/** `mcp install`: prints, or writes, the entry that lets a client start `mcp dev --stdio`. */
import { existsSync } from "node:fs";
import { dirname, relative } from "node:path";
import { CliError, exitCodes } from "../cli-error.ts";
import { configEntry, serverName } from "../client/config-entry.ts";
import { clientNames, knownClients, type ClientName, type KnownClient } from "../client/known-clients.ts";
import { findEntry } from "../dev/entry.ts";
import { parseCommandLine } from "./command-line.ts";

type Flags = { entry?: string; name?: string; write?: true; force?: true; json?: true };

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Print the entry that lets a client start this server with mcp dev --stdio.",
    examples: [
      [`${program} claude-code --write`, "into .mcp.json of this project"],
      [`${program} vscode`, "print what goes into .vscode/mcp.json"],
    ],
    declare: (command) =>
      void command
        .argument("<client>", clientNames.join(", "))
        .option("--write", "merge it into the client's file; what is there stays")
        .option("--name <name>", "what the client calls the server (the package's name)")
        .option("--entry <file>", "the file that starts the server")
        .option("--force", "replace another entry of that name")
        .option("--json", "file and entry as one JSON value"),
  });
  if (parsed.kind === "help") return exitCodes.done;
  const flags = parsed.options as Flags;
  const client = knownClients[clientNamed(parsed.args[0] ?? "")];
  const entry = findEntry(flags.entry, process.cwd());
  const file = client.file(entry.project);
  const name = flags.name ?? serverName(entry.project);
  if (name.trim() === "") {
    const hint = "--name <name> is what the client calls the server";
    throw new CliError("a server needs a name", { hint, exitCode: exitCodes.usage });
  }
  const config = configEntry(client, entry);
  const outcome =
    flags.write === true
      ? await write(client, { file, name, entry: config, force: flags.force === true })
      : undefined;

  if (flags.json) {
    const written = outcome === undefined ? {} : { outcome };
    process.stdout.write(`${JSON.stringify({ file, name, entry: config, ...written }, undefined, 2)}\n`);
    return exitCodes.done;
  }
  const shown = client.projectPrefix === undefined ? file : relative(process.cwd(), file);
  if (outcome === undefined) {
    process.stdout.write(`${JSON.stringify({ [client.key]: { [name]: config } }, undefined, 2)}\n`);
    process.stderr.write(`for ${client.title}, in ${shown}; --write puts it there\n`);
  } else {
    const what = outcome === "written" ? `"${name}" is in ${shown} now` : `${shown} has this already`;
    process.stdout.write(`${what}; restart ${client.title} or reload its servers to use it\n`);
  }
  return exitCodes.done;
}

type Writing = {
  readonly file: string;
  readonly name: string;
  readonly entry: object;
  readonly force: boolean;
};

async function write(client: KnownClient, writing: Writing): Promise<"written" | "unchanged"> {
  // A project's file may be made; the folder of a program that is not there may not.
  if (client.projectPrefix === undefined && !existsSync(dirname(writing.file))) {
    throw new CliError(`${client.title} is not installed here: there is no ${dirname(writing.file)}`, {
      hint: "without --write the entry is printed",
    });
  }
  const { mergeIntoFile } = await import("../client/config-file.ts");
  return mergeIntoFile({ ...writing, key: client.key });
}

function clientNamed(text: string): ClientName {
  const known = clientNames.find((name) => name === text);
  if (known !== undefined) return known;
  throw new CliError(`no client "${text}" is known`, {
    hint: `one of ${clientNames.join(", ")}`,
    exitCode: exitCodes.usage,
  });
}

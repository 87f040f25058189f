/** The command table: imports the one command that is called, and turns what it throws into a message and an exit code. */
import { CliError, exitCodes, isCliError } from "./cli-error.ts";
import { watchOutput, type OutputWatch } from "./platform/closed-output.ts";
import { packageVersion } from "./version.ts";

type Command = {
  readonly summary: string;
  readonly load: () => Promise<{ run: (args: readonly string[], program: string) => Promise<number> }>;
};

const commands: Readonly<Record<string, Command>> = {
  create: { summary: "create a FastMCP server", load: () => import("./commands/create.ts") },
  add: { summary: "add a tool, resource or prompt to a project", load: () => import("./commands/add.ts") },
  dev: { summary: "run a server and reload it on every save", load: () => import("./commands/dev.ts") },
  inspect: {
    summary: "show what a server's sessions did and do",
    load: () => import("./commands/inspect.ts"),
  },
  call: { summary: "call a tool of a server", load: () => import("./commands/call.ts") },
  check: {
    summary: "type-check and load a server, and say what is wrong",
    load: () => import("./commands/check.ts"),
  },
  replay: {
    summary: "send a recorded session again and show what differs",
    load: () => import("./commands/replay.ts"),
  },
  install: {
    summary: "let a client start the server: Claude, Cursor, VS Code",
    load: () => import("./commands/install.ts"),
  },
};

/**
 * Runs one command and sets `process.exitCode`.
 * @param program the name it was called by: "mcp" or "create-fastmcp", which is `mcp create`.
 */
export async function main(program: "mcp" | "create-fastmcp", args: readonly string[]): Promise<void> {
  const output = watchOutput();
  output.signal.addEventListener("abort", () => void endWithoutOutput(output));
  let exitCode: number;
  try {
    exitCode = await dispatch(program, args);
  } catch (error) {
    // What fails because nobody reads any more is no failure.
    exitCode = output.signal.aborted ? exitCodes.failed : await report(error);
  }
  if (!output.signal.aborted) process.exitCode = exitCode;
}

/** A command that goes on by itself watches the same signal; the exit code is the same for all. */
async function endWithoutOutput(output: OutputWatch): Promise<void> {
  if (output.isClosedByReader()) {
    process.exitCode = exitCodes.done;
    return;
  }
  process.exitCode = exitCodes.failed;
  const reason: unknown = output.signal.reason;
  const what = reason instanceof Error ? reason.message : String(reason);
  await report(new CliError(`standard output cannot be written: ${what}`, { cause: reason }));
}

async function dispatch(program: string, args: readonly string[]): Promise<number> {
  if (args[0] === "--version" || args[0] === "-V") {
    process.stdout.write(`${packageVersion}\n`);
    return exitCodes.done;
  }
  if (program === "create-fastmcp") return (await import("./commands/create.ts")).run(args, program);

  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(overview());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const { unknownCommand } = await import("./commands/command-line.ts");
    throw unknownCommand(name, Object.keys(commands));
  }
  return (await command.load()).run(rest, `${program} ${name}`);
}

function overview(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  mcp ${name.padEnd(10)}${summary}`);
  return [
    "Usage: mcp <command> [options]",
    "",
    ...rows,
    "",
    "Each command has --help. --version prints the version.",
    "",
    "Examples:",
    "  mcp create my-server        a new project in ./my-server",
    "  mcp dev                     run the server of this folder, reload on save",
    "  mcp inspect                 watch it from another terminal",
    "",
  ].join("\n");
}

async function report(error: unknown): Promise<number> {
  if (isCliError(error)) {
    const { printFailure } = await import("./terminal/failure.ts");
    printFailure(process.stderr, error.message, error.hint);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}

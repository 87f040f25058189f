/** `mcp replay`: sends what was recorded as a new session, and shows which answers differ. */
import { CliError, exitCodes } from "../cli-error.ts";
import type { Connection } from "../client/connect.ts";
import type { Recording } from "../client/recording.ts";
import type { Replayed } from "../client/replay.ts";
import type { TargetOptions } from "../client/target.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { collect, declareTargetFlags } from "./call-options.ts";
import { parseCommandLine } from "./command-line.ts";

type Flags = TargetOptions & { header?: string[]; log?: string; ignore?: string[]; json?: true };

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Send what was recorded again, as a new session, and show which answers differ.",
    examples: [
      [`${program} s1`, "all that the client of s1 asked"],
      [`${program} s1/7`, "its request with the JSON-RPC id 7"],
      [`${program} s1 --log test/orders.jsonl --fresh`, "exits with 1 on a difference"],
    ],
    declare: (command) => {
      command
        .argument("<what>", "a session, such as s1, or one request of it")
        .option("--log <file>", "a log, or the project that it is in (this project)")
        .option("--ignore <path>", "not compared, such as 'result.content[*].text' (repeatable)", collect);
      declareTargetFlags(command);
      command.option("--json", "one JSON value");
    },
  });
  if (parsed.kind === "help") return exitCodes.done;
  const flags = parsed.options as Flags;
  const { readRecording } = await import("../client/recording.ts");
  const recording = await readRecording(parsed.args[0] ?? "", flags.log, process.cwd());
  await printSource(recording);

  const cancellation = cancelOnSignals();
  const signal = AbortSignal.any([cancellation.signal, watchOutput().signal]);
  let connection: Connection | undefined;
  try {
    const values = await secretsFor(recording, signal);
    const { openConnection } = await import("./client-connection.ts");
    const { answersOf, identityOf, replay } = await import("../client/replay.ts");
    const opened = await openConnection(flags, signal, {
      overHttp: recording.overHttp,
      onRequest: answersOf(recording, values),
      ...identityOf(recording, values),
    });
    connection = opened.connection;
    return await show(
      recording,
      replay(connection, recording, { values, ignored: flags.ignore ?? [] }),
      flags,
    );
  } catch (error) {
    // In raw mode Ctrl-C is a key.
    const { isCancelledPrompt } = await import("../terminal/prompts.ts");
    if (!cancellation.signal.aborted && !isCancelledPrompt(error)) throw error;
    process.stderr.write("cancelled\n");
    return cancellation.exitCode();
  } finally {
    await connection?.close();
    cancellation.dispose();
  }
}

/** There may be several sessions of a name. */
async function printSource(recording: Recording): Promise<void> {
  const { sourceLine } = await import("../terminal/replay-lines.ts");
  const { stylesFor } = await import("../terminal/styles.ts");
  process.stderr.write(`${sourceLine(recording, stylesFor(process.stderr))}\n`);
}

async function show(
  { session, log }: Recording,
  replayed: AsyncIterable<Replayed>,
  { json }: Flags,
): Promise<number> {
  const { viewOf, printJson } = await import("./call-output.ts");
  const { replayedLines, replaySummary } = await import("../terminal/replay-lines.ts");
  const { styles, width: columns } = viewOf(process.stdout);
  // A file or another program takes lines of any length.
  const width = process.stdout.isTTY ? columns : Infinity;
  const all: Replayed[] = [];
  for await (const one of replayed) {
    all.push(one);
    if (!json) process.stdout.write(`${replayedLines(one, styles, width).join("\n")}\n`);
  }
  const compared = all.filter(({ skipped }) => skipped === undefined);
  if (compared.length === 0) {
    throw new CliError(`nothing of session ${session} can be compared`, {
      hint: all[0]?.skipped ?? "its client asked nothing",
    });
  }
  const different = compared.filter(({ differences }) => differences.length > 0).length;
  if (json) printJson({ session, log, same: different === 0, requests: all });
  else process.stdout.write(`\n${replaySummary(all.length, compared.length, different, styles)}\n`);
  return different === 0 ? exitCodes.done : exitCodes.failed;
}

/** From the environment, or from the person at the terminal. */
async function secretsFor(
  { steps, clientAnswers, initialize }: Recording,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { neededFor } = await import("../client/redacted-values.ts");
  const { variablesOf } = await import("./client-connection.ts");
  const variables = variablesOf(undefined);
  const sent = steps.filter(({ kind }) => kind !== "skipped").map((step) => step.sent);
  const needed = neededFor([
    { value: initialize },
    ...sent.map(({ id, params }) => ({ id, value: params })),
    ...clientAnswers.map(({ asked, answer }) => ({ id: asked.id, value: answer })),
  ]);
  const isSet = (name: string): boolean => variables[name] !== undefined;
  const missing = [...needed].filter(([name, single]) => !isSet(name) && ![...single].every(isSet));
  if (missing.length > 0 && (!process.stdin.isTTY || !process.stderr.isTTY)) {
    const names = missing.map(([name]) => name).join(", ");
    const single = missing.flatMap(([, all]) => (all.size > 1 ? [...all] : [])).find((name) => !isSet(name));
    const orSingle = single === undefined ? "" : `, or ${single} for one request`;
    throw new CliError("the log has [redacted] where a value must be sent", {
      hint: `set ${names} in the shell or in the project's .env${orSingle}`,
      exitCode: exitCodes.usage,
    });
  }
  const values = new Map<string, string>();
  for (const [name] of missing) values.set(name, await askSecret(name, signal));
  for (const name of [...needed].flatMap(([general, single]) => [general, ...single])) {
    const value = variables[name];
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

async function askSecret(name: string, signal: AbortSignal): Promise<string> {
  const { askHidden } = await import("../terminal/prompts.ts");
  return askHidden(
    { input: process.stdin, output: process.stderr, signal },
    { message: "a redacted value", flag: name },
  );
}

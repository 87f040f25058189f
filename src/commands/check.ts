/** `mcp check`: type-checks a server, loads it, lists what it offers and what is wrong with it. */
import { relative } from "node:path";
import { exitCodes } from "../cli-error.ts";
import type { Finding } from "../client/findings.ts";
import type { Offer } from "../client/offer.ts";
import type { TypeCheck } from "../client/type-check.ts";
import { findEntry, type Entry } from "../dev/entry.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { declareHeaderFlag } from "./call-options.ts";
import { parseCommandLine } from "./command-line.ts";

type Flags = { header?: string[]; types: boolean; json?: true };

type Outcome = {
  readonly entry: Entry;
  readonly types: TypeCheck;
  readonly offer: Offer | undefined;
  readonly findings: readonly Finding[];
};

export async function run(args: readonly string[], program: string): Promise<number> {
  const parsed = parseCommandLine({
    args,
    program,
    summary: "Type-check a server, load it, list what it offers and what clients would choke on.",
    examples: [
      [program, "the server of this folder"],
      [`${program} src/server.ts --json`, "findings for a script; exits with 1 if one is an error"],
    ],
    declare: (command) => {
      command.argument("[entry]", "the file that starts the server");
      declareHeaderFlag(command);
      command.option("--no-types", "do not type-check").option("--json", "one JSON value");
    },
  });
  if (parsed.kind === "help") return exitCodes.done;
  const flags = parsed.options as Flags;
  const entry = findEntry(parsed.args[0], process.cwd());
  const cancellation = cancelOnSignals();
  const signal = AbortSignal.any([cancellation.signal, watchOutput().signal]);
  try {
    const outcome = await check(entry, flags, signal);
    if (flags.json) await printAsJson(outcome);
    else await printAsText(outcome);
    const failed = outcome.findings.some(({ severity }) => severity === "error");
    return failed ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (!cancellation.signal.aborted) throw error;
    process.stderr.write("cancelled\n");
    return cancellation.exitCode();
  } finally {
    cancellation.dispose();
  }
}

async function check(entry: Entry, { header, types }: Flags, signal: AbortSignal): Promise<Outcome> {
  const { checkServer } = await import("../client/check-server.ts");
  const { typeCheck } = await import("../client/type-check.ts");
  const { headersFor } = await import("../client/headers.ts");
  const { variablesOf } = await import("./client-connection.ts");
  const headers = headersFor(header ?? [], variablesOf(entry.project), true);
  const lines: string[] = [];
  const skipped: TypeCheck = { kind: "skipped", why: "--no-types" };
  const [typed, server] = await Promise.all([
    types ? typeCheck(entry, signal) : skipped,
    checkServer(entry, {
      headers,
      overHttp: header !== undefined,
      signal,
      onOutput: (line) => lines.push(line),
    }),
  ]);
  signal.throwIfAborted();
  // What a server that did not come up has printed may say why.
  if (server.offer === undefined) for (const line of lines.slice(-20)) process.stderr.write(`${line}\n`);
  const findings = [...(typed.kind === "checked" ? typed.findings : []), ...server.findings];
  return { entry, types: typed, offer: server.offer, findings };
}

async function printAsJson({ entry, types, offer, findings }: Outcome): Promise<void> {
  const { printJson } = await import("./call-output.ts");
  const ok = !findings.some(({ severity }) => severity === "error");
  const typed =
    types.kind === "checked" ? { types: "checked" } : { types: "skipped", typesSkipped: types.why };
  printJson({ entry: entry.file, ok, ...typed, findings, ...(offer === undefined ? {} : { offer }) });
}

async function printAsText({ entry, types, offer, findings }: Outcome): Promise<void> {
  const { printOffer, viewOf } = await import("./call-output.ts");
  const { findingLines } = await import("../terminal/finding-lines.ts");
  const { styles, width } = viewOf(process.stdout);
  if (offer !== undefined) printOffer(offer);
  const notes = types.kind === "skipped" ? [`types not checked: ${types.why}`] : [];
  const lines = findingLines({ name: relative(process.cwd(), entry.file), findings, notes }, styles, width);
  process.stdout.write(`${offer === undefined ? "" : "\n"}${lines.join("\n")}\n`);
}

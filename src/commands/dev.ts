/** `mcp dev`: runs a server, reloads it on every save, and shows what its sessions do. */
import { exitCodes } from "../cli-error.ts";
import { DevServer } from "../dev/dev-server.ts";
import { HttpFront } from "../dev/http-front.ts";
import type { DevOptions } from "../dev/options.ts";
import type { Offer } from "../client/offer.ts";
import type { RecordInput } from "../log/record.ts";
import { LaterRecorder } from "../log/record-later.ts";
import { announceDevServer } from "../log/running.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { keepYoungGenerationSmall } from "../platform/young-generation.ts";
import { parseCommandLine } from "./command-line.ts";
import { DevKeys } from "./dev-keys.ts";
import { defined, lostText, metaRecord, openLog, recoveredText, refusedText, type Log } from "./dev-log.ts";
import { declareDevFlags, devOptions, type DevFlags } from "./dev-options.ts";
import { DevOutput } from "./dev-output.ts";
import { DevStart } from "./dev-start.ts";

const examples = [
  ["mcp dev", "find the server of this folder and serve it as it says"],
  ["mcp dev src/server.ts --http --port 3000", "serve it over HTTP on port 3000"],
  ["mcp dev --stdio -- --verbose", "for a client that starts it; --verbose is the server's own flag"],
] as const;

export async function run(args: readonly string[], program: string): Promise<number> {
  const startedAt = Date.now();
  const split = args.indexOf("--");
  const own = split === -1 ? args : args.slice(0, split);
  const line = parseCommandLine({
    args: own,
    program,
    summary: "Run a FastMCP server; reload it on every save.",
    examples,
    declare: declareDevFlags,
  });
  if (line.kind === "help") return exitCodes.done;
  const flags = line.options as DevFlags;
  const serverArgs = split === -1 ? [] : args.slice(split + 1);
  return serve(devOptions(flags, line.args[0], serverArgs, startedAt), flags);
}

type Ending = {
  readonly reason: string;
  readonly exitCode: number;
  readonly error?: Error;
  /** Somebody at the terminal ended it, and may wait for what is in flight. */
  readonly drain?: true;
};

async function serve(options: DevOptions, flags: DevFlags): Promise<number> {
  const { project } = options.entry;
  let stream: NodeJS.WriteStream = process.stderr;
  const output = new DevOutput(flags, () => stream);
  const log = openLog(flags, project, {
    refused: (reason) => output.say([output.styles.yellow(refusedText(reason))]),
    recovered: (lost) => output.say([recoveredText(lost)]),
  });
  const records = new LaterRecorder((record, at) => output.show(log.stamp(record, at)));
  const recorder = records.record;
  process.prependOnceListener("exit", () => records.flush());
  const cancellation = cancelOnSignals();
  const begin = new DevStart({
    options,
    log: log.file,
    output,
    environment: () => server.environment,
    showsEnvironment: flags.verbose === true,
  });
  let end: (how: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => (end = resolve));
  let withdraw: (() => void) | undefined;
  let offer: Offer | undefined;

  const server: DevServer = new DevServer(options, {
    recorder,
    onListening: (about) => {
      records.flush();
      keepYoungGenerationSmall();
      const http = about.front instanceof HttpFront ? about.front : undefined;
      if (http !== undefined) stream = process.stdout;
      recorder(metaRecord(options, { url: http?.url, fastmcp: server.fastmcpVersion }));
      withdraw?.();
      withdraw = announce(options, log.file, { url: http?.url });
      begin.listening(about, keys.areWanted(http));
      keys.start(http);
    },
    onOffer: ({ templates: resourceTemplates, ...lists }) => {
      offer = { server: begin.server, ...lists, resourceTemplates };
      begin.offered(offer);
    },
    onClientLeft: ({ heard }) => {
      if (!heard && !cancellation.signal.aborted) recorder(nothingSaid);
      end({ reason: "the client closed its end", exitCode: exitCodes.done });
    },
    onFatal: (error) => end({ reason: "failed", exitCode: exitCodes.failed, error }),
  });
  const keys = new DevKeys({
    options,
    output,
    isForProgram: flags.json === true,
    offer: () => offer,
    reload: () => server.reload(),
    cancel: cancellation.cancel,
    quit: () => end({ reason: "mcp dev was stopped", exitCode: exitCodes.done, drain: true }),
  });
  cancellation.signal.addEventListener("abort", () => {
    const exitCode = cancellation.exitCode();
    const isInterrupt = exitCode === exitCodes.cancelled;
    end({ reason: "mcp dev was stopped", exitCode, ...(isInterrupt ? { drain: true } : {}) });
  });
  watchOutput().signal.addEventListener("abort", () => {
    end({ reason: "nobody reads what it prints", exitCode: exitCodes.done });
  });
  if (options.transport === "httpStream" || options.inputIsTerminal) stream = process.stdout;
  recorder(metaRecord(options, undefined));
  // A server that never comes up is to be found, too.
  withdraw = announce(options, log.file, undefined);
  void server.start();

  const { reason, exitCode, error, drain } = await ended;
  begin.end();
  cancellation.insisted.addEventListener("abort", () => server.kill());
  if (drain) await drained(server, cancellation.insisted, output);
  await keys.close();
  await server.close(reason);
  output.stop();
  withdraw();
  records.flush();
  const closed = await log.close();
  const unwritten = closed === "closed" ? log.unwritten() : undefined;
  if (unwritten !== undefined) output.say([output.styles.yellow(lostText(unwritten))]);
  cancellation.dispose();
  if (closed === "hanging") endInSpiteOf(log, exitCode);
  if (error !== undefined) throw error;
  return exitCode;
}

/** Node does not exit while a write hangs; a signal that nobody handles does not wait for it. */
function endInSpiteOf({ file }: Log, exitCode: number): void {
  process.stderr.write(`the disk does not answer: the end of the session log is lost (${file ?? ""})\n`);
  process.kill(process.pid, exitCode === exitCodes.cancelled ? "SIGINT" : "SIGTERM");
}

/** Waits for what is in flight, if there is something and nobody insists. */
async function drained(server: DevServer, insisted: AbortSignal, output: DevOutput): Promise<void> {
  const insistedOn = new Promise<"now">((resolve) => {
    insisted.addEventListener("abort", () => resolve("now"));
    if (insisted.aborted) resolve("now");
  });
  const idle = server.drain();
  const noticeable = new Promise<"busy">((resolve) => setTimeout(resolve, 100, "busy"));
  const first = await Promise.race([idle, insistedOn, noticeable]);
  if (first !== "busy") return;
  output.say([output.styles.dim("finishing what is in flight; Ctrl-C again ends at once")]);
  await Promise.race([idle, insistedOn]);
}

/** @param served where, once it is known; over stdio there is no URL. */
function announce(
  { entry: { project } }: DevOptions,
  log: string | undefined,
  served: { readonly url: string | undefined } | undefined,
): ReturnType<typeof announceDevServer> {
  const transport = served === undefined ? undefined : served.url === undefined ? "stdio" : "http";
  return announceDevServer({ pid: process.pid, project, ...defined({ transport, url: served?.url, log }) });
}

/** Who runs a server of stdio without a client, such as in the background, is told why it ends. */
const nothingSaid: RecordInput = {
  kind: "error",
  body: {
    message: "standard input was closed before a client said anything; --http serves clients without it",
  },
};

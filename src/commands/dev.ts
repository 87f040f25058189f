/** `mcp dev`: runs a server, reloads it on every save, and shows what its sessions do. */
import { join } from "node:path";
import { exitCodes } from "../cli-error.ts";
import { DevServer } from "../dev/dev-server.ts";
import { HttpFront } from "../dev/http-front.ts";
import type { DevOptions } from "../dev/options.ts";
import type { RecordInput, Recorder } from "../log/record.ts";
import { announceDevServer } from "../log/running.ts";
import { openSessionLog, stampRecords, type Stamper } from "../log/writer.ts";
import { cancelOnSignals } from "../platform/cancellation.ts";
import { watchOutput } from "../platform/closed-output.ts";
import { packageVersion } from "../version.ts";
import { parseCommandLine } from "./command-line.ts";
import { declareDevFlags, devOptions, type DevFlags } from "./dev-options.ts";
import { DevOutput } from "./dev-output.ts";

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

async function serve(options: DevOptions, flags: DevFlags): Promise<number> {
  const { project, file } = options.entry;
  const log = openLog(flags, project);
  let stream: NodeJS.WriteStream = process.stderr;
  const output = new DevOutput(flags, () => stream);
  const recorder: Recorder = (record, at) => output.show(log.stamp(record, at));
  const cancellation = cancelOnSignals();
  let withdraw: (() => void) | undefined;

  const { reason, exitCode, error, server } = await new Promise<Ending>((resolve) => {
    const server = new DevServer(options, {
      recorder,
      onListening: ({ asked, front }) => {
        const http = front instanceof HttpFront ? front : undefined;
        if (http !== undefined) stream = process.stdout;
        const where = { url: http?.url, log: log.file };
        recorder(metaRecord(options, http, server.fastmcpVersion));
        withdraw?.();
        withdraw = announceDevServer({
          pid: process.pid,
          project,
          transport: http === undefined ? "stdio" : "http",
          ...defined(where),
        });
        output.start({
          ...where,
          project,
          asked,
          entry: file,
          refusedPort: http?.refusedPort,
          startedAt: options.startedAt,
        });
      },
      onClientLeft: ({ heard }) => {
        if (!heard) recorder(nothingSaid);
        resolve({ reason: "the client closed its end", exitCode: exitCodes.done, server });
      },
      onFatal: (error) => resolve({ reason: "failed", exitCode: exitCodes.failed, error, server }),
    });
    cancellation.signal.addEventListener("abort", () => {
      resolve({ reason: "mcp dev was stopped", exitCode: cancellation.exitCode(), server });
    });
    watchOutput().signal.addEventListener("abort", () => {
      resolve({ reason: "nobody reads what it prints", exitCode: exitCodes.done, server });
    });
    if (options.transport === "httpStream" || options.inputIsTerminal) stream = process.stdout;
    recorder(metaRecord(options, undefined, undefined));
    server.start();
  });
  await server.close(reason);
  output.stop();
  withdraw?.();
  await log.close();
  cancellation.dispose();
  if (error !== undefined) throw error;
  return exitCode;
}

/** Who runs a server of stdio without a client, such as in the background, is told why it ends. */
const nothingSaid: RecordInput = {
  kind: "error",
  body: {
    message: "standard input was closed before a client said anything; --http serves clients without it",
  },
};

type Ending = { reason: string; exitCode: number; error?: Error; server: DevServer };

type Log = {
  readonly file: string | undefined;
  readonly stamp: Stamper;
  readonly close: () => Promise<void>;
};

function openLog({ log, payloads }: DevFlags, project: string): Log {
  if (log === false)
    return { file: undefined, stamp: stampRecords({ payloads }), close: () => Promise.resolve() };
  const directory = join(project, ".mcp", "sessions");
  const session = openSessionLog({ directory, payloads, ...(typeof log === "string" ? { file: log } : {}) });
  process.once("exit", () => session.closeSync());
  return {
    file: session.file,
    stamp: (record, at) => session.record(record, at),
    close: () => session.close(),
  };
}

function metaRecord(
  { entry, cwd }: DevOptions,
  http: HttpFront | undefined,
  fastmcp: string | undefined,
): RecordInput {
  return {
    kind: "meta",
    pid: process.pid,
    command: process.argv.slice(1),
    cwd,
    project: entry.project,
    entry: entry.file,
    ...(http === undefined ? {} : { transport: "http", url: http.url }),
    versions: { node: process.versions.node, "create-fastmcp": packageVersion, ...defined({ fastmcp }) },
  };
}

/** The properties that have a value. */
function defined<Name extends string, Value>(
  value: Readonly<Record<Name, Value | undefined>>,
): Partial<Record<Name, Value>> {
  const entries = Object.entries(value) as [Name, Value | undefined][];
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as Partial<Record<Name, Value>>;
}

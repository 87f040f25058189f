/** The flags of `mcp dev`, read and checked. */
import { InvalidArgumentError, type Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import { findEntry } from "../dev/entry.ts";
import type { DevOptions } from "../dev/options.ts";

export type DevFlags = {
  stdio?: true;
  http?: true;
  port?: number;
  host: string;
  strictPort?: true;
  envFile: string[];
  watch: string[];
  ignore: string[];
  standby: boolean;
  drain: number;
  wait: number;
  allowHost: string[];
  log: string | boolean;
  payloads: boolean;
  json?: true;
  quiet?: true;
  verbose?: true;
  typecheck?: true;
};

export function declareDevFlags(command: Command): void {
  const collect = (value: string, previous: string[]): string[] => [...previous, value];
  command
    .usage("[options] [entry] [-- server arguments]")
    .argument("[entry]", "the file that starts the server, or its folder")
    .option("--stdio", "serve the client over standard input and output")
    .option("--http", "serve clients over HTTP")
    .option("--port <n>", "where it listens for HTTP (the server's own, else 8080)", port)
    .option("--host <h>", "the address it listens on", "127.0.0.1")
    .option("--strict-port", "fail if the port is taken")
    .option("--allow-host <h>", "accept this Host or Origin too (repeatable)", collect, [])
    .option("--env-file <path>", "variables for the server (repeatable; else .env)", collect, [])
    .option("--watch <glob>", "reload on these too (repeatable)", collect, [])
    .option("--ignore <glob>", "never reload on these (repeatable)", collect, [])
    .option("--no-standby", "keep no warm next child")
    .option("--drain <ms>", "how long a replaced child may finish its calls", milliseconds, 30_000)
    .option("--wait <ms>", "how long requests wait for a server that is not up", milliseconds, 20_000)
    .option("--typecheck", "report type errors, beside and without delay")
    .option("--log <file>", "where the session log goes (.mcp/sessions/ in the project)")
    .option("--no-log", "write no session log")
    .option("--no-payloads", "no arguments and results in the log")
    .option("--json", "records as JSON lines instead of the pretty lines")
    .option("--quiet", "less: one line at the start, nothing that the server prints")
    .option("--verbose", "more: every message, FastMCP's remarks, names from .env");
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return value;
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new InvalidArgumentError("give a number of milliseconds");
  return value;
}

/** @throws CliError for flags that exclude each other, and for an entry that is not there. */
export function devOptions(
  flags: DevFlags,
  entry: string | undefined,
  serverArgs: readonly string[],
  startedAt: number,
): DevOptions {
  if (flags.stdio && flags.http) {
    const hint = "choose one, or neither to serve as the server says";
    throw new CliError("--stdio and --http exclude each other", { hint, exitCode: exitCodes.usage });
  }
  const cwd = process.cwd();
  return {
    entry: findEntry(entry, cwd),
    serverArgs,
    cwd,
    startedAt,
    transport: flags.stdio ? "stdio" : flags.http ? "httpStream" : undefined,
    inputIsTerminal: process.stdin.isTTY,
    host: flags.host,
    port: flags.port,
    strictPort: flags.strictPort === true,
    allowedHosts: flags.allowHost,
    environment: flags.envFile,
    watchGlobs: flags.watch,
    ignoreGlobs: flags.ignore,
    standby: flags.standby,
    typecheck: flags.typecheck === true,
    drainTimeoutMs: flags.drain,
    waitTimeoutMs: flags.wait,
  };
}

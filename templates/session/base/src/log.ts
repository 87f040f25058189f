/** Lines for people, on standard error: over stdio, standard output carries the protocol and nothing else. */
import { format } from "node:util";
import type { Logger } from "fastmcp";

export type Log = (line: string) => void;

export const logToStderr: Log = (line) => {
  process.stderr.write(`${line}\n`);
};

/**
 * Said of every HTTP session: that it exists, which lifecycle.ts says better, and that its client's capabilities are not known,
 * because FastMCP looks for them before `initialize` can have brought them.
 */
const redundant = ["session established", "could not infer client capabilities"];

/** FastMCP's own messages; without this they go to the console, which is standard output. */
export function fastmcpLogger(log: Log): Logger {
  const print = (...args: unknown[]): void => {
    const line = format(...args);
    if (!redundant.some((part) => line.includes(part))) log(line);
  };
  return { debug: () => undefined, info: print, log: print, warn: print, error: print };
}

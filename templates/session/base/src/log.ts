/** Lines for people, on standard error: over stdio, standard output carries the protocol and nothing else. */
import { format } from "node:util";
import type { Logger } from "fastmcp";

export type Log = (line: string) => void;

export const logToStderr: Log = (line) => {
  process.stderr.write(`${line}\n`);
};

/** FastMCP's own messages; without this they go to the console, which is standard output. */
export function fastmcpLogger(log: Log): Logger {
  const print = (...args: unknown[]): void => {
    const line = format(...args);
    // Said of every HTTP session: FastMCP looks for the client's capabilities before `initialize` can have brought them.
    if (!line.includes("could not infer client capabilities")) log(line);
  };
  const quiet = (): void => undefined;
  return { debug: quiet, info: quiet, log: print, warn: print, error: print };
}

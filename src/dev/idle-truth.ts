/** One sentence for a server that cannot be served as it is: what it does instead, and what would help. */
import type { FromChild, IdleReport } from "../child/messages.ts";

/** @param name the entry, as a person would call it. */
export function idleTruth(report: IdleReport, name: string): string {
  const { madeServer, importsFastMCP, importsEdge, importsSdk, ports, ended, importing } = report;
  const [port] = ports;
  if (importing !== undefined) {
    return `${name} is still starting; it, or what it imports, seems to wait in a top-level await`;
  }
  if (importsEdge && !madeServer) {
    return `${name} makes a server for an edge runtime, which mcp dev does not serve; run it with wrangler dev, or start a FastMCP server with the same tools in another file and name that: mcp dev path/to/server.ts`;
  }
  if (port !== undefined) {
    return `${name} listens on port ${port} by itself; mcp dev serves what FastMCP's start() serves, so call server.start() instead of listening`;
  }
  if (madeServer) {
    const yet = ended ? "never starts it:" : "has not started it yet; unless it is about to,";
    return `${name} makes a FastMCP server and ${yet} call server.start(), or export it as default`;
  }
  if (importsFastMCP && !ended) {
    return `${name} imports fastmcp and has made no server yet; if another file does, name it: mcp dev path/to/server.ts`;
  }
  if (importsSdk && !importsFastMCP) {
    return `${name} uses the official SDK without FastMCP; mcp dev runs servers made with the package fastmcp`;
  }
  if (importsFastMCP) {
    return `${name} imports fastmcp and makes no server; if another file does, name it: mcp dev path/to/server.ts`;
  }
  return `${name} is no FastMCP server, it does not import fastmcp; name the file that is: mcp dev path/to/server.ts`;
}

/** It runs, and may have a reason to take its time: a database, a download. */
export function mayStillStart(report: IdleReport): boolean {
  const { madeServer, importsFastMCP, importsEdge, ports, ended, importing } = report;
  if (importing !== undefined) return true;
  return !ended && ports.length === 0 && (madeServer || (importsFastMCP && !importsEdge));
}

export function startedAgainTruth({
  sameServer,
  ignored,
}: Extract<FromChild, { type: "startedAgain" }>): string {
  const what = sameServer ? "start() was called twice" : "a second FastMCP server was started";
  const then = ignored ? "the second call has no effect" : "it runs beside, and mcp dev knows nothing of it";
  return `${what}; mcp dev serves what was started first, ${then}`;
}

/** @param asked whether it called `start()`. */
export function neverServedTruth(asked: boolean, timeoutMs: number): string {
  return asked
    ? `the server called start() but does not serve after ${timeoutMs / 1000} s`
    : `the server has not called start() within ${timeoutMs / 1000} s`;
}

/** For a server that listens beside FastMCP, where only one process can. */
export function ownPortsTruth(ports: readonly number[]): string {
  return `the server listens on port ${ports.join(", ")} by itself, so after a save the old process ends before the new one starts`;
}

/**
 * For a process that ended before it served, and threw nothing.
 * @param how "exited with code 3", "was ended by SIGSEGV".
 */
export function endedTruth(who: string, how: string): string {
  const why: Readonly<Record<string, string>> = {
    "exited with code 0": "; does it call start()?",
    // Node's own code for it.
    "exited with code 13": "; a top-level await in it, or in what it imports, waits for what never comes",
  };
  const other = how.startsWith("exited") ? "; does it call process.exit()?" : "";
  return `${who} ${how} before it served${why[how] ?? other}`;
}

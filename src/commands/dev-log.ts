/** The session log of `mcp dev`, and the record that it begins with. */
import { join } from "node:path";
import type { DevOptions } from "../dev/options.ts";
import type { RecordInput, TransportName } from "../log/record.ts";
import { openSessionLog, stampRecords, type Stamper } from "../log/writer.ts";
import type { Closed, DiskEvents, Unwritten } from "../log/write-queue.ts";
import { counted } from "../terminal/durations.ts";
import { packageVersion } from "../version.ts";
import type { DevFlags } from "./dev-options.ts";

export type Log = {
  readonly file: string | undefined;
  readonly stamp: Stamper;
  readonly close: () => Promise<Closed>;
  /** What has not reached the file. */
  readonly unwritten: () => Unwritten | undefined;
};

export function openLog({ log, payloads }: DevFlags, project: string, disk: DiskEvents): Log {
  if (log === false) {
    const stamp = stampRecords({ payloads });
    return { file: undefined, stamp, close: () => Promise.resolve("closed"), unwritten: () => undefined };
  }
  const directory = join(project, ".mcp", "sessions");
  const file = typeof log === "string" ? { file: log } : {};
  const session = openSessionLog({ directory, payloads, disk, ...file });
  process.once("exit", () => session.closeSync());
  return {
    file: session.file,
    stamp: (record, at) => session.record(record, at),
    close: () => session.close(),
    unwritten: () => session.unwritten,
  };
}

export function refusedText(reason: string): string {
  return `▲ the session log cannot be written: ${reason}; what happens waits until it can`;
}

export function recoveredText(lost: number): string {
  const gap = lost === 0 ? "" : `; it lacks ${counted(lost, "record")}, a drop record stands for them`;
  return `the session log is written again${gap}`;
}

export function lostText({ count, reason }: Unwritten): string {
  return `▲ the session log lacks its last ${counted(count, "record")}: ${reason}`;
}

/** @param served how, once it is known; over stdio there is no URL. */
export function metaRecord(
  { entry, cwd }: DevOptions,
  served: { readonly url: string | undefined; readonly fastmcp: string | undefined } | undefined,
): RecordInput {
  const transport = served === undefined ? undefined : served.url === undefined ? "stdio" : "http";
  return {
    kind: "meta",
    pid: process.pid,
    command: process.argv.slice(1),
    cwd,
    project: entry.project,
    entry: entry.file,
    ...defined<"transport", TransportName>({ transport }),
    ...defined({ url: served?.url }),
    versions: {
      node: process.versions.node,
      "create-fastmcp": packageVersion,
      ...defined({ fastmcp: served?.fastmcp }),
    },
  };
}

/** The properties that have a value. */
export function defined<Name extends string, Value>(
  value: Readonly<Record<Name, Value | undefined>>,
): Partial<Record<Name, Value>> {
  const entries = Object.entries(value) as [Name, Value | undefined][];
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as Partial<Record<Name, Value>>;
}

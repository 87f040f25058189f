/** The client-facing half of the dev server, whatever the transport: what the supervisor needs of it. */
import type { AskedStart, ChildSessionEvent, UpstreamTransport } from "../child/messages.ts";
import type { ChildProcess } from "./child-process.ts";

/** What FastMCP reported of a session; `key` names it, stdio has only one. */
export type ReportedEvent = { readonly key?: string } & ChildSessionEvent;

export type Front = {
  readonly transport: UpstreamTransport;
  /** What the server shall believe that it listens on. */
  readonly address: { readonly host: string; readonly port: number };
  /** New requests go to this child from now on. */
  serve: (child: ChildProcess, asked: AskedStart, port: number | undefined) => void;
  /** A line of the child's standard output. Returns what of it is no protocol. */
  takeLine: (generation: number, line: string) => string;
  happened: (event: ReportedEvent, generation: number) => void;
  /** When a call was last in flight, in ms since the epoch: now if one is. */
  readonly lastCallAt: number;
  /** Resolves when the child has answered all that it was asked. */
  drained: (generation: number) => Promise<void>;
  /** The child is gone: what it had not answered gets an error. */
  lose: (generation: number, why: string) => void;
  /** Nothing serves, and this is why. */
  explain: (why: string) => void;
  /** The command ends: every session does. */
  close: (reason: string) => Promise<void>;
};

/** A child that runs, or ran, the entry, and how far it has come. */
import type { AskedStart, ErrorReport, PortUse, Serve } from "../child/messages.ts";
import type { ChildProcess } from "./child-process.ts";
import { ImportedUrls } from "./imported-urls.ts";
import type { Cause } from "./supervisor-options.ts";

/** Told to run the entry. */
export type Starting = {
  readonly kind: "starting";
  readonly cause: Cause;
  asked: AskedStart | undefined;
  /** How it is told to serve; known from the start when another has served. */
  serve: Serve | undefined;
  error: ErrorReport | undefined;
  idle: string | undefined;
};

function starting(cause: Cause, serve: Serve | undefined): Starting {
  return { kind: "starting", cause, asked: undefined, serve, error: undefined, idle: undefined };
}

/** One that is told to run the entry now. `serve` as in `Starting`. */
export function newMember(child: ChildProcess, cause: Cause, serve: Serve | undefined): Member {
  const state = starting(cause, serve);
  return { child, imported: new ImportedUrls(), ownPorts: new Map(), state };
}

/** Ports that it listens on beside FastMCP's. */
export function heldPorts({ ownPorts }: Member): number[] {
  return [...ownPorts].filter(([, use]) => use === "held").map(([port]) => port);
}

/** Whether the other one has a port of which this one has not tried whether it can have it. */
export function mayNeedPortOf(other: Member, { ownPorts }: Member): boolean {
  return heldPorts(other).some((port) => !ownPorts.has(port));
}

/** Those that have a port which that one could not have. */
export function inTheWayOf({ ownPorts }: Member, members: Iterable<Member>): Member[] {
  return [...members].filter((one) => heldPorts(one).some((port) => ownPorts.get(port) === "taken"));
}

export type State =
  | Starting
  | { readonly kind: "serving"; readonly asked: AskedStart; error: ErrorReport | undefined }
  /** Replaced, and still busy with what it was asked before. */
  | { readonly kind: "draining"; error: ErrorReport | undefined }
  /** Being ended. */
  | { readonly kind: "leaving" };

export type Member = {
  readonly child: ChildProcess;
  readonly imported: ImportedUrls;
  /** That it has asked for beside FastMCP's. */
  readonly ownPorts: Map<number, PortUse>;
  state: State;
};

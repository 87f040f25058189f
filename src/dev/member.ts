/** A child that runs, or ran, the entry, and how far it has come. */
import type { AskedStart, ErrorReport, Serve } from "../child/messages.ts";
import type { ChildProcess } from "./child-process.ts";
import type { ImportedUrls } from "./imported-urls.ts";
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

export function starting(cause: Cause, serve: Serve | undefined): Starting {
  return { kind: "starting", cause, asked: undefined, serve, error: undefined, idle: undefined };
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
  state: State;
};

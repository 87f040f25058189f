/** What clients are told that get no answer: why, without the credentials that an error may hold. */
import type { ErrorReport } from "../child/messages.ts";
import { redactText } from "../log/secret-text.ts";
import { placedMessage } from "./source-frame.ts";

/** Of a server that does not start. */
export function startReason(error: ErrorReport, project: string): string {
  return redactText(placedMessage(error, project));
}

export function crashReason({ message }: ErrorReport): string {
  return `The MCP server crashed while it handled this request: ${redactText(message)}`;
}

/** @param finished what the replaced server was asked is answered. */
export function reloadReason(finished: boolean, drainTimeoutMs: number): string {
  const late = `, and this request was still running after ${drainTimeoutMs} ms`;
  return `The MCP server was reloaded${finished ? "" : late}`;
}

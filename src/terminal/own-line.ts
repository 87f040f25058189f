/** Whether a record is a line of its own on a person's screen, so that as many lines are shown as were asked for. */
import type { LogRecord } from "../log/record.ts";
import { isShown } from "./answer-lines.ts";
import { shownLines } from "./output-lines.ts";

export function hasOwnLine(record: LogRecord, expand: boolean): boolean {
  const view = { verbosity: "normal", expand } as const;
  // It is shown with its answer.
  if (record.kind === "request") return false;
  if (record.kind === "response" || record.kind === "notification")
    return record["error.type"] !== undefined || isShown(record["mcp.method.name"] ?? "", view);
  if (record.kind === "output") return shownLines(view, record).length > 0;
  return record.kind !== "reload" || record.event !== "started";
}

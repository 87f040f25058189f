/** The line of a notification, which nothing answers. */
import { preview } from "./body-text.ts";
import { addWhat, arrow, arrowStyle } from "./call-line.ts";
import { field, textField, type Foreign } from "./foreign.ts";
import { startLine, type View } from "./line-start.ts";
import { requestSummary, type RequestSummary } from "./request-summary.ts";
import type { Style, Styles } from "./styles.ts";
import type { Direction } from "../log/record.ts";

const prefix = "notifications/";
const longest = 400;

/** @param about what a cancelled request asked for, where it is known. */
export function notificationLine(
  view: View,
  record: Foreign,
  dir: Direction,
  about?: RequestSummary,
): string {
  const { styles } = view;
  const { method, subject, details } = requestSummary(record);
  const line = startLine(view, arrow(dir), arrowStyle(view, dir));
  if (method === "notifications/message") {
    const params = field(record, "body", "params");
    const level = textField(params, "level") ?? "info";
    const logger = textField(params, "logger");
    line.add(`log ${level}`, levelStyle(level, styles), 24).gap(2);
    if (logger !== undefined) line.add(`${logger.slice(0, longest)}: `, styles.dim, 24);
    return line.add(messageText(field(params, "data")), styles.dim).toString();
  }
  const name = method.startsWith(prefix) ? method.slice(prefix.length) : method;
  if (method === "notifications/progress") return line.add(`${name}  ${details}`, styles.dim).toString();
  // Where there is no room for all, this is the news.
  line.add(name);
  const what = about ?? { method: "", subject };
  if (what.method !== "" || subject !== undefined) line.gap(1);
  addWhat(line, view, { ...what, details }, line.left);
  return line.toString();
}

/** FastMCP sends `{ message, context? }`; the protocol allows anything. */
function messageText(data: unknown): string {
  if (typeof data === "string") return data;
  const message = textField(data, "message");
  if (message === undefined) return preview(data, longest);
  const context = field(data, "context");
  return context === undefined ? message : `${message.slice(0, longest)}  ${preview(context, longest)}`;
}

function levelStyle(level: string, styles: Styles): Style {
  if (level === "debug" || level === "info" || level === "notice") return styles.dim;
  return level === "warning" ? styles.yellow : styles.red;
}

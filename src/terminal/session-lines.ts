/** Shows what happens to a session: connect, ready, rootsChanged, error, disconnect, restored. */
import { counted, durationText } from "./durations.ts";
import { errorLines } from "./error-frame.ts";
import { field, isObject, listField, numberField, textField, type Foreign } from "./foreign.ts";
import { identityText } from "./identity-text.ts";
import { startLine, type View } from "./line-start.ts";
import { sessionColor } from "./session-colors.ts";

const shortIdCells = 8;
const longestId = 200;

/** @param calls how many calls the session made; `undefined` if its start was not seen. */
export function sessionLines(view: View, record: Foreign, calls: number | undefined): string[] {
  const event = textField(record, "event") ?? "?";
  const isQuiet = view.verbosity === "quiet";
  switch (event) {
    case "connect":
      return [connectLine(view, record)];
    case "ready":
      return isQuiet
        ? []
        : [startLine(view, "✓", view.styles.green).add("ready", view.styles.green).toString()];
    case "rootsChanged":
      return isQuiet ? [] : [rootsLine(view, record)];
    case "error":
      return sessionError(view, record);
    case "disconnect":
      return [disconnectLine(view, record, calls)];
    case "restored":
      return isQuiet ? [] : [restoredLine(view, record)];
    default:
      return isQuiet ? [] : [startLine(view, "•", view.styles.dim).add(event, view.styles.dim).toString()];
  }
}

function connectLine(view: View, record: Foreign): string {
  const { styles, session } = view;
  const color = session === undefined ? styles.bold : sessionColor(styles, session);
  const line = startLine(view, "●", color).add("connect", styles.bold).gap(2);
  const name = textField(record, "client", "name") ?? "unknown client";
  const version = textField(record, "client", "version") ?? "";
  line.add(name, styles.bold, Math.max(8, Math.floor(line.left / 2)));
  if (version !== "") line.gap(1).add(version, undefined, 24);
  const identity = identityText(field(record, "body", "identity"), textField(record, "transport"));
  line.also(identity, undefined, styles.dim);
  for (const key of ["transport", "mcp.protocol.version"])
    line.also(textField(record, key) ?? "", undefined, styles.dim);
  const id = (textField(record, "mcp.session.id") ?? "").slice(0, longestId);
  // Cut to its start if need be, but not to less than tells sessions apart.
  if (id.length + 3 <= line.left) line.also(id, styles.dim, styles.dim);
  else if (shortIdCells + 3 <= line.left) line.also(id.slice(0, shortIdCells), styles.dim, styles.dim);
  return line.toString();
}

function rootsLine(view: View, record: Foreign): string {
  const { styles } = view;
  const roots = listField(record, "body", "roots");
  const line = startLine(view, "•", styles.cyan).add("rootsChanged").gap(2);
  line.add(roots.length === 0 ? "no roots" : counted(roots.length, "root"));
  for (const root of roots.slice(0, 20)) line.also(rootText(root), styles.dim, styles.dim);
  return line.toString();
}

function rootText(root: unknown): string {
  const uri = textField(root, "uri") ?? "?";
  const name = textField(root, "name");
  return name === undefined || name === "" ? uri : `${name} ${uri}`;
}

function sessionError(view: View, record: Foreign): string[] {
  const body = field(record, "body");
  const message =
    textField(body, "message") ?? (isObject(body) || typeof body !== "string" ? "unknown error" : body);
  return errorLines(view, { message, stack: textField(body, "stack") }, 1);
}

function disconnectLine(view: View, record: Foreign, calls: number | undefined): string {
  const { styles } = view;
  const durationMs = numberField(record, "duration_ms");
  const reason = textField(record, "body", "reason") ?? "";
  const parts = [
    durationMs === undefined ? "" : durationText(durationMs),
    calls === undefined ? "" : counted(calls, "call"),
    reason,
  ].filter((part) => part !== "");
  const line = startLine(view, "○", styles.dim).add("disconnect", styles.bold).gap(2);
  parts.forEach((part, index) => (index === 0 ? line.add(part) : line.also(part, undefined, styles.dim)));
  return line.toString();
}

function restoredLine(view: View, record: Foreign): string {
  const generation = numberField(record, "generation");
  const durationMs = numberField(record, "duration_ms");
  const where = generation === undefined ? "" : ` in generation ${generation}`;
  const time = durationMs === undefined ? "" : `, ${durationText(durationMs)}`;
  return startLine(view, "↻", view.styles.dim).add(`restored${where}${time}`, view.styles.dim).toString();
}

/** Reads one line of a session log: a record, a record of a kind that this version does not know, or a line that is none. */
import type { LogRecord } from "./record.ts";

export type UnreadableReason = "torn" | "binary" | "foreign" | "too long";

/** One line as a reader sees it; `bytes` is the line as it is in the file, without its end. */
export type Entry = Line & {
  /** Which log it is from: a session's short name is only known within one. */
  readonly log: string;
  /** Only the line's beginning if it is too long. */
  readonly bytes: Buffer;
};

type Line =
  | { readonly type: "record"; readonly record: LogRecord }
  /** Written by a newer version: valid, and not for us. */
  | { readonly type: "unknown"; readonly kind: string; readonly time: string }
  | { readonly type: "unreadable"; readonly reason: UnreadableReason; readonly sizeBytes: number };

const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Never throws. An empty line is nothing: undefined. */
export function decodeLine(line: Buffer, log: string): Entry | undefined {
  const bytes = trimmed(line);
  if (bytes.length === 0) return undefined;
  const unreadable = (reason: UnreadableReason): Entry => ({
    type: "unreadable",
    reason,
    sizeBytes: bytes.length,
    log,
    bytes,
  });

  let value: unknown;
  const text = bytes.toString("utf8");
  try {
    value = JSON.parse(text);
  } catch {
    if (isBinary(bytes, text)) return unreadable("binary");
    return unreadable(bytes[0] === 0x7b ? "torn" : "foreign");
  }
  if (!isStamped(value)) return unreadable("foreign");
  if (isLogRecord(value)) return { type: "record", record: value, log, bytes };
  if (isKnownKind(value.kind)) return unreadable("foreign");
  return { type: "unknown", kind: value.kind, time: value.time, log, bytes };
}

export function tooLong(head: Buffer, sizeBytes: number, log: string): Entry {
  return { type: "unreadable", reason: "too long", sizeBytes, log, bytes: head };
}

/** When it happened (UTC, ISO 8601: compares as text), if the line says. */
export function timeOf(entry: Entry): string | undefined {
  if (entry.type === "record") return entry.record.time;
  return entry.type === "unknown" ? entry.time : undefined;
}

function trimmed(line: Buffer): Buffer {
  const start = line.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  return start === 0 && end === line.length ? line : line.subarray(start, end);
}

function isBinary(bytes: Buffer, text: string): boolean {
  if (bytes.includes(0)) return true;
  if (!text.includes("\uFFFD")) return false;
  try {
    strictUtf8.decode(bytes);
    return false;
  } catch {
    // A line that was cut inside a character is torn, not binary.
    return !endsInsideCharacter(bytes);
  }
}

function endsInsideCharacter(bytes: Buffer): boolean {
  for (const cutBytes of [1, 2, 3]) {
    try {
      strictUtf8.decode(bytes.subarray(0, -cutBytes));
      return true;
    } catch {
      // Longer, then.
    }
  }
  return false;
}

type Stamped = { readonly kind: string; readonly time: string } & Readonly<Record<string, unknown>>;
type FieldType = "string" | "number" | "object";

const sessionFields = { event: "string", transport: "string" } as const;
const messageFields = { dir: "string", bytes: "number" } as const;

/** What a record of each kind must have for a reader to show it. */
const required: Readonly<Record<LogRecord["kind"], Readonly<Record<string, FieldType>>>> = {
  meta: { pid: "number", command: "object", cwd: "string", project: "string", versions: "object" },
  session: sessionFields,
  request: messageFields,
  response: { ...messageFields, duration_ms: "number" },
  notification: messageFields,
  reload: { event: "string", generation: "number" },
  error: { body: "object" },
  types: { body: "object" },
  output: { stream: "string", body: "string" },
  noise: { stream: "string", body: "string" },
  drop: { count: "number", reason: "string" },
};

const optional: Readonly<Record<string, FieldType>> = {
  session: "string",
  generation: "number",
  duration_ms: "number",
  "mcp.method.name": "string",
  "mcp.session.id": "string",
  "mcp.protocol.version": "string",
  "mcp.resource.uri": "string",
  "jsonrpc.request.id": "string",
  "gen_ai.tool.name": "string",
  "gen_ai.prompt.name": "string",
  "error.type": "string",
  source: "string",
  trigger: "string",
  url: "string",
  entry: "string",
};
const optionalFields = Object.entries(optional);
const requiredFields = new Map(
  Object.entries(required).map(([kind, fields]) => [kind, Object.entries(fields)]),
);

function isStamped(value: unknown): value is Stamped {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (!("v" in value && "seq" in value && "time" in value && "kind" in value)) return false;
  const { v, seq, time, kind } = value;
  return typeof v === "number" && typeof seq === "number" && isTime(time) && typeof kind === "string";
}

/** One that `Date` takes, too. */
const time = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;
/** A hundred years: with what is longer, no time can be reckoned. */
const longestMs = 3.2e12;

function isTime(value: unknown): boolean {
  return typeof value === "string" && time.test(value);
}

function isKnownKind(kind: string): boolean {
  return requiredFields.has(kind);
}

function isLogRecord(value: Stamped): value is Stamped & LogRecord {
  const fields = requiredFields.get(value.kind);
  if (fields === undefined) return false;
  const has = ([name, type]: readonly [string, FieldType]): boolean =>
    typeof value[name] === type && value[name] !== null;
  if (!fields.every(has)) return false;
  if (!optionalFields.every((field) => value[field[0]] === undefined || has(field))) return false;
  const { duration_ms: duration, client } = value;
  return (typeof duration !== "number" || Math.abs(duration) < longestMs) && isClient(client);
}

function isClient(client: unknown): boolean {
  if (client === undefined) return true;
  if (typeof client !== "object" || client === null) return false;
  return (
    "name" in client &&
    typeof client.name === "string" &&
    "version" in client &&
    typeof client.version === "string"
  );
}

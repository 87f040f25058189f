/** Makes a record of what a part of the dev server reports, and the line of a record: `body` last, within the size cap. */
import { schemaVersion, type LogRecord, type RecordInput } from "./record.ts";
import type { Redacted, Redactor } from "./redact.ts";

export type StampOptions = {
  readonly redactor: Redactor;
  /** Arguments and results are kept. */
  readonly payloads: boolean;
};

const unserialisable = "[cannot be written as JSON]";

/** Never throws: of what cannot be read or written, a text says so. */
export function stampRecord(
  input: RecordInput,
  seq: number,
  atMs: number,
  { redactor, payloads }: StampOptions,
): LogRecord {
  const { kind } = input;
  const isMessage = kind === "request" || kind === "response" || kind === "notification";
  const head: Record<string, unknown> = {};
  let body: unknown;
  for (const [name, value] of Object.entries(input)) {
    if (name === "body") body = value;
    else if (name !== "kind") head[name] = value;
  }
  const cleanHead = redact(redactor, head, "");
  const cleanBody = redactBody(redactor, input, payloads || !isMessage ? body : undefined);
  const paths = [...cleanHead.paths, ...cleanBody.paths];
  const record: Record<string, unknown> = { v: schemaVersion, seq, time: timeOf(atMs), kind };
  if (typeof cleanHead.value === "object") Object.assign(record, cleanHead.value);
  if (cleanHead.cut || cleanBody.cut) record["truncated"] = true;
  if (paths.length > 0) record["redacted"] = paths;
  if (cleanBody.value !== undefined) record["body"] = cleanBody.value;
  return record as unknown as LogRecord;
}

/** The line, line feed included; a body beyond the cap becomes a text with its beginning. */
export function encodeLine(record: LogRecord, bodyBytes: number): string {
  const whole = stringify(record);
  // A record that fits as a whole has a body that does.
  if (whole?.startsWith("{") === true && !isLonger(whole, bodyBytes)) return `${whole}\n`;
  const { body, ...head } = { body: undefined, ...record };
  const text = stringify(body);
  if (text === undefined) return `${stringify(head) ?? "{}"}\n`;
  if (!isLonger(text, bodyBytes)) return withBody(head, text);
  const { redacted, ...start } = { redacted: undefined, ...head };
  const cutHead = { ...start, truncated: true, ...(redacted === undefined ? undefined : { redacted }) };
  return withBody(cutHead, JSON.stringify(cutBody(record, text, bodyBytes)));
}

function redactBody(redactor: Redactor, input: RecordInput, body: unknown): Redacted {
  if (input.kind === "output" || input.kind === "noise")
    return redactor.redactLine(input.body, `${input.stream} ${input.generation ?? ""}`);
  if (input.kind === "error" || input.kind === "reload") return redactError(redactor, body);
  return redact(redactor, body, bodyPath(body));
}

/** The source lines around an error are code, where names are followed by anything. */
function redactError(redactor: Redactor, body: unknown): Redacted {
  if (typeof body !== "object" || body === null || !("frame" in body) || typeof body.frame !== "string")
    return redact(redactor, body, bodyPath(body));
  const { frame, ...rest } = body;
  const clean = redact(redactor, rest, "");
  const cleanFrame = redactor.redactFrame(frame);
  const paths = cleanFrame === frame ? clean.paths : [...clean.paths, "frame"];
  return {
    ...clean,
    value: { ...(typeof clean.value === "object" ? clean.value : undefined), frame: cleanFrame },
    paths,
  };
}

function redact(redactor: Redactor, value: unknown, path: string): Redacted {
  if (value === undefined) return { value, paths: [], cut: false };
  try {
    return redactor.redact(value, path);
  } catch {
    return { value: unserialisable, paths: [], cut: false };
  }
}

/** Many records are of one millisecond. */
let lastTime = { atMs: 0, text: new Date(0).toISOString() };

function timeOf(atMs: number): string {
  if (atMs === lastTime.atMs) return lastTime.text;
  const time = new Date(atMs);
  lastTime = { atMs, text: (Number.isNaN(time.getTime()) ? new Date() : time).toISOString() };
  return lastTime.text;
}

/** A body's paths start inside it; one that is only a text has none inside. */
function bodyPath(body: unknown): string {
  return typeof body === "string" ? "body" : "";
}

function withBody(head: object, bodyText: string): string {
  return `${(stringify(head) ?? "{}").slice(0, -1)},"body":${bodyText}}\n`;
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(unserialisable);
  }
}

/** The kinds whose body readers rely on keep its shape. */
function cutBody(record: LogRecord, text: string, bodyBytes: number): unknown {
  if (record.kind === "error") return cutError(record.body, bodyBytes);
  if (record.kind === "reload" && record.event === "failed") return cutError(record.body, bodyBytes);
  if (record.kind === "types") {
    const { broken, mended, left } = record.body;
    return { broken: shortList(broken, bodyBytes / 2), mended: shortList(mended, bodyBytes / 2), left };
  }
  return cut(record.kind === "output" || record.kind === "noise" ? record.body : text, bodyBytes);
}

function cutError(body: unknown, bodyBytes: number): { message: string; stack?: string } {
  const { message, stack } = Object(body) as { readonly message?: unknown; readonly stack?: unknown };
  const half = bodyBytes / 2;
  return {
    message: cut(String(message), half),
    ...(typeof stack === "string" ? { stack: cut(stack, half) } : undefined),
  };
}

/** The first ones, as many as fit. */
function shortList<Item>(items: readonly Item[], limitBytes: number): readonly Item[] {
  let left = limitBytes;
  const end = items.findIndex((item) => (left -= Buffer.byteLength(stringify(item) ?? "") + 1) < 0);
  return end === -1 ? items : items.slice(0, end);
}

function isLonger(text: string, limitBytes: number): boolean {
  // A UTF-16 unit is at most three bytes: most texts need not be measured.
  return text.length * 3 > limitBytes && Buffer.byteLength(text) > limitBytes;
}

/** The longest beginning that fits and does not end inside a character. */
function cut(text: string, limitBytes: number): string {
  if (!isLonger(text, limitBytes)) return text;
  const bytes = Buffer.from(text.slice(0, limitBytes));
  let end = Math.min(limitBytes, bytes.length);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** A screen for tests: renders records at a width, with or without colour, and makes the records that are needed. */
import stringWidth from "fast-string-width";
import { EventLines, type EventLinesOptions } from "../../../src/terminal/event-lines.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";
import type { LogRecord } from "../../../src/log/record.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The cells that a terminal shows a line in, where letters that are written in parts make a whole. */
export function shownCells(line: string): number {
  return stringWidth(line.normalize("NFC"));
}

/** Noon of a day in local time, so that the tests pass in every time zone. */
export const noon = new Date(2026, 1, 3, 12, 0, 0, 7);

export function screen(options: Partial<EventLinesOptions> & { color?: boolean; columns?: number } = {}) {
  const { color = false, columns = 120, ...rest } = options;
  const lines = new EventLines({
    styles: stylesFor({ isTTY: color }, {}),
    width: () => columns,
    verbosity: "normal",
    now: () => noon.getTime(),
    ...rest,
  });
  let seq = 0;
  const stamped = (record: Fields): LogRecord => {
    const fields: unknown = { v: 1, seq: ++seq, time: noon.toISOString(), ...record };
    return fields as LogRecord;
  };
  /** Renders records as they would come from disk. */
  const show = (...records: Fields[]): string[] => records.flatMap((record) => lines.render(stamped(record)));
  /** Records that a filter left out. */
  const hear = (record: Fields): string[] => lines.hear(stamped(record));
  return { show, hear, waiting: () => lines.waiting() };
}

export function connect(fields: Fields = {}): Fields {
  return {
    kind: "session",
    event: "connect",
    session: "s1",
    transport: "http",
    "mcp.session.id": "3f2a8c1e-7d4b-4f0e-9a53-0c1b2d3e4f50",
    "mcp.protocol.version": "2025-06-18",
    client: { name: "desktop", version: "1.2.0" },
    ...fields,
  };
}

export function disconnect(fields: Fields = {}): Fields {
  return {
    kind: "session",
    event: "disconnect",
    session: "s1",
    transport: "http",
    duration_ms: 4200,
    body: { reason: "closed by the client" },
    ...fields,
  };
}

export type Exchange = {
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: unknown;
  readonly error?: Fields;
  readonly ms?: number;
  readonly session?: string;
  readonly id?: string;
  readonly from?: "client" | "server";
  readonly errorType?: string;
  readonly body?: unknown;
};

/** A request and its answer as the relay records them. */
export function exchange(of: Exchange): readonly [request: Fields, response: Fields] {
  const { method = "tools/call", params = {}, session = "s1", id = "1", from = "client", ms = 12 } = of;
  const isFromClient = from === "client";
  const name = params["name"];
  const uri = params["uri"];
  const common = {
    session,
    generation: 1,
    "mcp.method.name": method,
    "jsonrpc.request.id": id,
    ...(method === "tools/call" ? { "gen_ai.tool.name": name } : {}),
    ...(method === "prompts/get" ? { "gen_ai.prompt.name": name } : {}),
    ...(uri === undefined ? {} : { "mcp.resource.uri": uri }),
  };
  const body = of.body ?? (of.error === undefined ? { result: of.result ?? {} } : { error: of.error });
  return [
    {
      kind: "request",
      dir: isFromClient ? "c2s" : "s2c",
      ...common,
      bytes: 60,
      body: { id, method, params },
    },
    {
      kind: "response",
      dir: isFromClient ? "s2c" : "c2s",
      ...common,
      ...(of.errorType === undefined ? {} : { "error.type": of.errorType }),
      bytes: 60,
      duration_ms: ms,
      body,
    },
  ];
}

export function notification(method: string, params: Fields = {}, dir = "s2c"): Fields {
  return {
    kind: "notification",
    dir,
    session: "s1",
    "mcp.method.name": method,
    bytes: 9,
    body: { method, params },
  };
}

export function text(value: string): Fields {
  return { content: [{ type: "text", text: value }] };
}

/** Makes the records of messages: a request with its method and tool, its answer with its duration, a notification. */
import type { Attributes, Direction, RecordInput } from "../log/record.ts";
import { asString, at, type Notification, type Request, type Response } from "./json-rpc.ts";

/** A request that waits for its answer. */
export type Pending = {
  readonly request: Request;
  readonly generation: number;
  readonly startedMs: number;
  /** What the records of both the request and its answer say of it. */
  readonly attributes: Attributes;
};

export function pendingRequest(request: Request, generation: number): Pending {
  return { request, generation, startedMs: performance.now(), attributes: requestAttributes(request) };
}

export function requestRecord(dir: Direction, pending: Pending, bytes: number): RecordInput {
  const { request, generation, attributes } = pending;
  return { ...attributes, kind: "request", dir, generation, bytes, body: request };
}

/** `dir` is the answer's own direction. */
export function responseRecord(
  dir: Direction,
  pending: Pending,
  response: Response,
  bytes: number,
): RecordInput {
  const { generation, attributes, startedMs } = pending;
  const duration_ms = elapsedMs(startedMs);
  const record = {
    ...attributes,
    kind: "response",
    dir,
    generation,
    bytes,
    duration_ms,
    body: response,
  } as const;
  const errorType = errorOf(response);
  return errorType === undefined ? record : { ...record, "error.type": errorType };
}

/** The endpoint answered an HTTP status instead of a JSON-RPC message. */
export function httpErrorRecord(pending: Pending, status: number, body: string): RecordInput {
  return {
    kind: "response",
    dir: "s2c",
    generation: pending.generation,
    ...pending.attributes,
    "error.type": `http_${status}`,
    bytes: Buffer.byteLength(body),
    duration_ms: elapsedMs(pending.startedMs),
    body: { status, text: body },
  };
}

export function notificationRecord(
  dir: Direction,
  notification: Notification,
  generation: number,
  bytes: number,
): RecordInput {
  return {
    kind: "notification",
    dir,
    generation,
    "mcp.method.name": notification.method,
    bytes,
    body: notification,
  };
}

/** Milliseconds since a `performance.now()`, to the microsecond. */
export function elapsedMs(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1000) / 1000;
}

function requestAttributes({ id, method, params }: Request): Attributes {
  const attributes = { "mcp.method.name": method, "jsonrpc.request.id": String(id) };
  const name = asString(at(params, "name"));
  const uri = asString(at(params, "uri"));
  if (method === "tools/call" && name !== undefined) return { ...attributes, "gen_ai.tool.name": name };
  if (method === "prompts/get" && name !== undefined) return { ...attributes, "gen_ai.prompt.name": name };
  if (method.startsWith("resources/") && uri !== undefined) return { ...attributes, "mcp.resource.uri": uri };
  return attributes;
}

function errorOf(response: Response): string | undefined {
  if (response.error !== undefined) return String(response.error.code);
  return at(response.result, "isError") === true ? "tool_error" : undefined;
}

/** Records of a small made-up log, as a reader finds them. */
import { decodeLine, type Entry } from "../../../src/log/decode.ts";
import { startMs } from "./log-samples.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One second apart. */
export function entries(records: readonly Fields[], log = "2026-11-23T10-00-00-000Z-1073741824"): Entry[] {
  return records.map((record, index) => {
    const stamp = { v: 1, seq: index + 1, time: new Date(startMs + index * 1000).toISOString() };
    const entry = decodeLine(Buffer.from(JSON.stringify({ ...stamp, ...record })), log);
    if (entry?.type !== "record") throw new Error(`no record: ${JSON.stringify(record)}`);
    return entry;
  });
}

export const meta = {
  kind: "meta",
  pid: 2 ** 30,
  command: ["mcp", "dev"],
  cwd: "/home/me/shop",
  project: "/home/me/shop",
  transport: "http",
  url: "http://127.0.0.1:8080/mcp",
  versions: { node: "20.19.0", "create-fastmcp": "0.1.0" },
};

export function session(event: string, fields: Fields = {}): Fields {
  return {
    kind: "session",
    event,
    session: "s1",
    transport: "http",
    "mcp.session.id": "3f2a",
    "mcp.protocol.version": "2025-06-18",
    "network.transport": "tcp",
    client: { name: "desktop", version: "1.2.0" },
    ...fields,
  };
}

export const reload = { kind: "reload", event: "serving", generation: 2 };

/** A call of a tool, and its answer unless it has none. */
export function toolCall(
  id: number,
  {
    tool = "add",
    ms = 5,
    result = {},
    fails = false,
    answered = true,
  }: {
    tool?: string;
    ms?: number;
    result?: unknown;
    fails?: boolean;
    answered?: boolean;
  } = {},
): Fields[] {
  const common = {
    session: "s1",
    "mcp.session.id": "3f2a",
    generation: 1,
    "mcp.method.name": "tools/call",
    "jsonrpc.request.id": String(id),
    "gen_ai.tool.name": tool,
    bytes: 80,
  };
  const asked = {
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: tool, arguments: { a: 1, b: 2.5 } },
  };
  const request = { kind: "request", dir: "c2s", ...common, body: asked };
  if (!answered) return [request];
  const error = fails ? { "error.type": "tool_error" } : {};
  const body = { jsonrpc: "2.0", id, result };
  return [request, { kind: "response", dir: "s2c", ...common, ...error, duration_ms: ms, body }];
}

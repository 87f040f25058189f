/**
 * Writes traces as OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), one document on one line:
 * a span for each request and notification, named and described by the OpenTelemetry conventions for MCP.
 */
import { createHash } from "node:crypto";
import { packageVersion } from "../version.ts";
import type { Entry } from "./decode.ts";
import { askerOf, errorMessageOf, Exchanges, inBody, startMsOf, type Exchange } from "./exchanges.ts";
import type { Exporter } from "./export.ts";
import type { LogRecord, MetaRecord, SessionRecord } from "./record.ts";

const serverKind = 2;
const clientKind = 3;
const errorStatus = 2;
const scope = { name: "create-fastmcp", version: packageVersion };
/** Deeper than tools nest their arguments. */
const deepest = 16;

export class OtlpExport implements Exporter {
  readonly #exchanges = new Exchanges();
  /** The log whose spans are being written: one resource. */
  #log: string | undefined;

  begin(): string {
    return '{"resourceSpans":[';
  }

  add(entry: Entry, matches: boolean): string {
    if (entry.type !== "record") return "";
    this.#exchanges.learn(entry);
    return matches ? this.#spans(this.#exchanges.add(entry)) : "";
  }

  rest(): string {
    return this.#spans(this.#exchanges.rest());
  }

  end(): string {
    return `${this.#log === undefined ? "" : endOfResource}]}\n`;
  }

  #spans(exchanges: readonly Exchange[]): string {
    return exchanges
      .map((exchange) => this.#before(exchange) + JSON.stringify(this.#span(exchange)))
      .join("");
  }

  /** What must be written between two spans. */
  #before(exchange: Exchange): string {
    if (exchange.log === this.#log) return ",";
    const end = this.#log === undefined ? "" : `${endOfResource},`;
    this.#log = exchange.log;
    const attributes = attributesOf(resourceOf(exchange.log, this.#exchanges.metaOf(exchange)));
    const resource = JSON.stringify({ attributes });
    return `${end}{"resource":${resource},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`;
  }

  #span(exchange: Exchange): object {
    const { log, asked, answer } = exchange;
    const about = asked ?? answer;
    const startMs = startMsOf(exchange);
    const endMs = startMs + (answer?.duration_ms ?? 0);
    const error = answer?.["error.type"];
    const message = error === undefined ? undefined : errorMessageOf(answer);
    const parent = parentOf(asked);
    const session = this.#exchanges.sessionOf(exchange);
    return {
      traceId: parent?.traceId ?? hash(`${log}\n${about?.session ?? about?.seq ?? ""}`, 32),
      spanId: hash(`${log}\n${about?.seq ?? ""}\n${about?.kind ?? ""}`, 16),
      ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
      name: nameOf(about),
      kind: askerOf(exchange) === "client" ? serverKind : clientKind,
      startTimeUnixNano: nanoseconds(startMs),
      endTimeUnixNano: nanoseconds(endMs),
      attributes: attributesOf({
        ...conventional(about, session, this.#exchanges.metaOf(exchange)),
        ...payloadsOf(exchange),
        "error.type": error,
        "rpc.response.status_code": /^-?\d+$/.test(error ?? "") ? error : undefined,
      }),
      status: error === undefined ? {} : { code: errorStatus, ...(message === undefined ? {} : { message }) },
    };
  }
}

const endOfResource = "]}]}";

/** `tools/call add`: the target is low in cardinality, so no resource's URI. */
function nameOf(about: LogRecord | undefined): string {
  const target = about?.["gen_ai.tool.name"] ?? about?.["gen_ai.prompt.name"];
  const method = about?.["mcp.method.name"] ?? "?";
  return target === undefined ? method : `${method} ${target}`;
}

function conventional(
  about: LogRecord | undefined,
  session: SessionRecord | undefined,
  meta: MetaRecord | undefined,
): Record<string, unknown> {
  const { "mcp.method.name": method, "jsonrpc.request.id": id, "mcp.session.id": sessionId } = about ?? {};
  const isHttp = session !== undefined && session.transport !== "stdio";
  const url = isHttp && meta?.url !== undefined && URL.canParse(meta.url) ? new URL(meta.url) : undefined;
  return {
    "mcp.method.name": method,
    "gen_ai.operation.name": method === "tools/call" ? "execute_tool" : undefined,
    "gen_ai.tool.name": about?.["gen_ai.tool.name"],
    "gen_ai.prompt.name": about?.["gen_ai.prompt.name"],
    "mcp.resource.uri": about?.["mcp.resource.uri"],
    "jsonrpc.request.id": id,
    "mcp.session.id": sessionId,
    "mcp.protocol.version": session?.["mcp.protocol.version"],
    "network.transport": session?.["network.transport"],
    "network.protocol.name": isHttp ? "http" : undefined,
    "server.address": url?.hostname,
    "server.port": url === undefined || url.port === "" ? undefined : Number(url.port),
  };
}

/** Opt-in by the conventions: `--no-payloads` leaves them out of the log. */
function payloadsOf({ asked, answer }: Exchange): Record<string, unknown> {
  if ((asked ?? answer)?.["mcp.method.name"] !== "tools/call") return {};
  return {
    "gen_ai.tool.call.arguments": inBody(asked, "params", "arguments"),
    "gen_ai.tool.call.result": answer?.["error.type"] === undefined ? inBody(answer, "result") : undefined,
  };
}

function resourceOf(log: string, meta: MetaRecord | undefined): Record<string, unknown> {
  return {
    "service.name": meta?.project.split(/[\\/]/).at(-1) ?? "mcp-server",
    "service.instance.id": log,
    "process.pid": meta?.pid,
    "process.runtime.name": meta === undefined ? undefined : "nodejs",
    "process.runtime.version": meta?.versions.node,
  };
}

/** W3C Trace Context in `_meta`, where a client that traces puts it. */
function parentOf(asked: LogRecord | undefined): { traceId: string; spanId: string } | undefined {
  const parent = inBody(asked, "params", "_meta", "traceparent");
  if (typeof parent !== "string") return undefined;
  const [, traceId, spanId] = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/.exec(parent) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

type Attribute = { readonly key: string; readonly value: object };

function attributesOf(values: Readonly<Record<string, unknown>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value, 0) }],
  );
}

function anyValue(value: unknown, depth: number): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (typeof value !== "object" || value === null) return {};
  if (depth >= deepest) return { stringValue: JSON.stringify(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => anyValue(item, depth + 1)) } };
  const values = Object.entries(value).map(([key, item]) => ({ key, value: anyValue(item, depth + 1) }));
  return { kvlistValue: { values } };
}

/** The same export gives the same ids. */
function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/** Durations are recorded to the microsecond, and a double holds no more of a time. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

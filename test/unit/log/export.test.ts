import { Ajv } from "ajv";
import draft06 from "ajv/dist/refs/json-schema-draft-06.json" with { type: "json" };
import addFormats from "ajv-formats";
import schemas from "har-schema";
import { describe, expect, test } from "vitest";
import { exportEntries, type ExportFormat } from "../../../src/log/export.ts";
import { entries, meta, session, toolCall } from "./recorded.ts";

async function exported(format: ExportFormat, records: Parameters<typeof entries>[0]): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what it takes
  async function* batches() {
    for (const entry of entries(records)) yield [{ entry, matches: true }];
  }
  let text = "";
  for await (const { bytes } of exportEntries(format, batches())) text += bytes.toString();
  return text;
}

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const notification = {
  kind: "notification",
  dir: "s2c",
  session: "s1",
  "mcp.method.name": "notifications/progress",
  bytes: 9,
  body: { method: "notifications/progress", params: { progress: 1 } },
};
const sampling = [
  {
    kind: "request",
    dir: "s2c",
    session: "s1",
    "mcp.method.name": "sampling/createMessage",
    "jsonrpc.request.id": "1",
    bytes: 5,
  },
  {
    kind: "response",
    dir: "c2s",
    session: "s1",
    "mcp.method.name": "sampling/createMessage",
    "jsonrpc.request.id": "1",
    "error.type": "-32603",
    bytes: 5,
    duration_ms: 7,
    body: { error: { code: -32603, message: "no model" } },
  },
];
const refused = {
  kind: "response",
  dir: "s2c",
  "mcp.method.name": "initialize",
  "jsonrpc.request.id": "0",
  "error.type": "http_401",
  bytes: 12,
  duration_ms: 3,
  body: { status: 401, text: "Unauthorized" },
};
const cut = { ...toolCall(8)[0], truncated: true, body: '{"jsonrpc":"2.0","id":8,"params":{"na' };
const everything = [
  meta,
  session("connect"),
  ...toolCall(1, { result: { content: [{ type: "text", text: "3.5" }] } }),
  ...toolCall(2, {
    fails: true,
    result: { isError: true, content: [{ type: "text", text: "no such thing" }] },
  }),
  notification,
  ...sampling,
  refused,
  cut,
  ...toolCall(9, { answered: false }),
  { kind: "output", stream: "stderr", body: "text" },
  session("disconnect"),
];

type Har = { log: { entries: { response: { status: number } }[]; pages: unknown[] } };

async function harOf(records: Parameters<typeof entries>[0]): Promise<Har> {
  const archive = JSON.parse(await exported("har", records)) as Har;
  const ajv = new Ajv({ strict: false });
  ajv.addMetaSchema(draft06);
  addFormats.default(ajv);
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const isValid = ajv.validate("har.json#", archive);
  expect([isValid, ajv.errors]).toEqual([true, null]);
  return archive;
}

describe("--export har", () => {
  test("is valid by the schema of HAR, whatever is in the log", async () => {
    expect((await harOf([])).log.entries).toEqual([]);
    expect((await harOf(everything)).log.entries).toHaveLength(7);
    expect((await harOf(everything.slice(2))).log.entries).toHaveLength(7);
    const { transport, url, ...overStdio } = meta;
    expect([transport, url, (await harOf([overStdio, ...toolCall(1)])).log.entries[0]]).toMatchObject([
      "http",
      meta.url,
      { request: { url: "stdio://shop/?method=tools/call&name=add" } },
    ]);
  });

  test("takes a name that is no text", async () => {
    const { log } = await harOf([meta, ...toolCall(1, { tool: "a\uD800" })]);
    expect(log.entries[0]).toMatchObject({
      request: { url: expect.stringMatching(/name=a%EF%BF%BD$/) as string },
    });
  });

  test("has the message, its answer and its time", async () => {
    const { log } = await harOf(everything);
    expect(log.entries[0]).toMatchObject({
      pageref: expect.stringMatching(/\/s1$/) as unknown,
      startedDateTime: "2026-11-23T10:00:02.000Z",
      time: 5,
      request: {
        method: "POST",
        url: "http://127.0.0.1:8080/mcp?method=tools/call&name=add",
        postData: { text: expect.stringContaining('"arguments":{"a":1,"b":2.5}') as unknown },
      },
      response: {
        status: 200,
        content: { text: expect.stringContaining("3.5") as unknown, mimeType: "application/json" },
      },
      timings: { wait: 5 },
    });
    const statuses = log.entries.map((entry) => entry.response.status);
    expect(statuses).toEqual([200, 200, 202, 200, 401, 0, 0]);
    expect(log.pages).toMatchObject([{ title: "s1 desktop 1.2.0" }]);
  });
});

type Span = Record<string, unknown> & { attributes: { key: string; value: unknown }[] };
type Traces = { resourceSpans: { resource: unknown; scopeSpans: { spans: Span[] }[] }[] };

async function spansOf(records: Parameters<typeof entries>[0]): Promise<Span[]> {
  const text = await exported("otlp", records);
  expect(text.trimEnd()).not.toContain("\n");
  const { resourceSpans } = JSON.parse(text) as Traces;
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

const attribute = (span: Span | undefined, key: string): unknown =>
  span?.attributes.find((one) => one.key === key)?.value;

describe("--export otlp", () => {
  test("names and describes spans by the conventions", async () => {
    const [call, failed, progress, ask] = await spansOf(everything);
    expect(call).toMatchObject({
      traceId: expect.stringMatching(/^[\da-f]{32}$/) as unknown,
      spanId: expect.stringMatching(/^[\da-f]{16}$/) as unknown,
      name: "tools/call add",
      kind: 2,
      startTimeUnixNano: "1795428002000000000",
      endTimeUnixNano: "1795428002005000000",
      status: {},
    });
    const expected = {
      "mcp.method.name": { stringValue: "tools/call" },
      "gen_ai.operation.name": { stringValue: "execute_tool" },
      "gen_ai.tool.name": { stringValue: "add" },
      "jsonrpc.request.id": { stringValue: "1" },
      "mcp.session.id": { stringValue: "3f2a" },
      "mcp.protocol.version": { stringValue: "2025-06-18" },
      "network.transport": { stringValue: "tcp" },
      "server.address": { stringValue: "127.0.0.1" },
      "server.port": { intValue: "8080" },
      "gen_ai.tool.call.arguments": {
        kvlistValue: {
          values: [
            { key: "a", value: { intValue: "1" } },
            { key: "b", value: { doubleValue: 2.5 } },
          ],
        },
      },
    };
    for (const [key, value] of Object.entries(expected))
      expect([key, attribute(call, key)]).toEqual([key, value]);
    expect(failed).toMatchObject({ status: { code: 2, message: "no such thing" } });
    expect(attribute(failed, "error.type")).toEqual({ stringValue: "tool_error" });
    expect(progress).toMatchObject({ name: "notifications/progress", kind: 3 });
    expect(ask).toMatchObject({
      name: "sampling/createMessage",
      kind: 3,
      status: { code: 2, message: "no model" },
    });
    expect(attribute(ask, "rpc.response.status_code")).toEqual({ stringValue: "-32603" });
    expect(call?.["traceId"]).toBe(failed?.["traceId"]);
  });

  test("goes on in the trace that the client is in", async () => {
    const [request, response] = toolCall(1);
    const body = { params: { name: "add", _meta: { traceparent } } };
    const [span] = await spansOf([{ ...request, body }, response!]);
    expect(span).toMatchObject({
      traceId: traceparent.slice(3, 35),
      parentSpanId: traceparent.slice(36, 52),
    });
  });

  test("is one document for no span too", async () => {
    expect(await exported("otlp", [meta])).toBe('{"resourceSpans":[]}\n');
  });
});

test("--export jsonl is the lines of the records", async () => {
  const text = await exported("jsonl", everything);
  expect(text.trimEnd().split("\n")).toHaveLength(everything.length);
});

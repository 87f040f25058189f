/**
 * Writes an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which the network panel of browsers opens.
 * The query of each URL names the method, for a panel shows little else; it was not sent, and the comment says so.
 */
import { packageVersion } from "../version.ts";
import type { Entry } from "./decode.ts";
import { askerOf, errorMessageOf, Exchanges, startMsOf, type Exchange } from "./exchanges.ts";
import type { Exporter } from "./export.ts";
import type { LogRecord, SessionRecord } from "./record.ts";

type Header = { readonly name: string; readonly value: string };

const json = "application/json";
const mostPages = 10_000;
const creator = { name: "create-fastmcp", version: packageVersion };

export class HarExport implements Exporter {
  readonly #exchanges = new Exchanges();
  /** A page for each session. */
  readonly #pages = new Map<string, object>();
  #isFirst = true;

  begin(): string {
    return `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`;
  }

  add(entry: Entry, matches: boolean): string {
    if (entry.type !== "record") return "";
    this.#exchanges.learn(entry);
    return matches ? this.#entries(this.#exchanges.add(entry)) : "";
  }

  rest(): string {
    return this.#entries(this.#exchanges.rest());
  }

  end(): string {
    return `\n],"pages":${JSON.stringify([...this.#pages.values()])}}}\n`;
  }

  #entries(exchanges: readonly Exchange[]): string {
    let text = "";
    for (const exchange of exchanges) {
      text += `${this.#isFirst ? "" : ","}\n${JSON.stringify(this.#entry(exchange))}`;
      this.#isFirst = false;
    }
    return text;
  }

  #entry(exchange: Exchange): object {
    const { asked, answer } = exchange;
    const session = this.#exchanges.sessionOf(exchange);
    const ms = answer?.duration_ms ?? 0;
    const page = this.#page(exchange, session);
    const error = answer?.["error.type"];
    const message = error === undefined ? undefined : errorMessageOf(answer);
    return {
      ...(page === undefined ? {} : { pageref: page }),
      startedDateTime: new Date(startMsOf(exchange)).toISOString(),
      time: ms,
      request: this.#request(exchange, session),
      response: response(exchange),
      cache: {},
      timings: { send: 0, wait: ms, receive: 0 },
      comment: [
        askerOf(exchange) === "server" ? "asked by the server" : undefined,
        "the query of the URL names the method and was not sent",
        message,
      ]
        .filter((part) => part !== undefined)
        .join("; "),
      _resourceType: "fetch",
      _session: asked?.session ?? answer?.session,
      _generation: asked?.generation ?? answer?.generation,
      _error: error,
    };
  }

  #request(exchange: Exchange, session: SessionRecord | undefined): object {
    const { asked, answer } = exchange;
    const about = asked ?? answer;
    const queryString = [
      { name: "method", value: about?.["mcp.method.name"] ?? "?" },
      ...[about?.["gen_ai.tool.name"] ?? about?.["gen_ai.prompt.name"], about?.["mcp.resource.uri"]]
        .filter((value) => value !== undefined)
        .map((value) => ({ name: "name", value })),
      ...(askerOf(exchange) === "server" ? [{ name: "from", value: "server" }] : []),
    ];
    const text = bodyText(asked);
    return {
      method: "POST",
      url: this.#url(exchange, queryString),
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: requestHeaders(about, session),
      queryString,
      ...(text === undefined ? {} : { postData: { mimeType: json, text } }),
      headersSize: -1,
      bodySize: asked?.bytes ?? -1,
    };
  }

  /** Over stdio there is no URL; this one says so. */
  #url(exchange: Exchange, query: readonly Header[]): string {
    const meta = this.#exchanges.metaOf(exchange);
    const name = encodeURIComponent(meta?.project.split(/[\\/]/).at(-1) ?? "server");
    const search = query.map((pair) => `${pair.name}=${encoded(pair.value).replaceAll("%2F", "/")}`);
    return `${meta?.url ?? `stdio://${name}/`}?${search.join("&")}`;
  }

  #page({ log, asked, answer }: Exchange, session: SessionRecord | undefined): string | undefined {
    const name = asked?.session ?? answer?.session;
    if (name === undefined) return undefined;
    const id = `${log}/${name}`;
    if (!this.#pages.has(id)) {
      if (this.#pages.size >= mostPages) return undefined;
      const { name: client = "", version = "" } = session?.client ?? {};
      this.#pages.set(id, {
        startedDateTime: (asked ?? answer)?.time,
        id,
        title: `${name} ${client} ${version}`.trim(),
        pageTimings: { onContentLoad: -1, onLoad: -1 },
      });
    }
    return id;
  }
}

/** Half of a surrogate pair, which any client may send, is no part of a URL. */
function encoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, "\uFFFD"));
}

function requestHeaders(about: LogRecord | undefined, session: SessionRecord | undefined): Header[] {
  const headers = [
    { name: "Content-Type", value: json },
    { name: "Mcp-Session-Id", value: about?.["mcp.session.id"] },
    { name: "MCP-Protocol-Version", value: session?.["mcp.protocol.version"] },
  ];
  return headers.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}

/** A notification is accepted; a request without an answer has the status of a request that was cut off. */
function response({ asked, answer }: Exchange): object {
  const text = bodyText(answer);
  const status = statusOf(answer) ?? (asked?.kind === "notification" ? 202 : 0);
  return {
    status,
    statusText: status === 200 ? "OK" : status === 202 ? "Accepted" : "",
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: answer === undefined ? [] : [{ name: "Content-Type", value: json }],
    content: { size: answer?.bytes ?? 0, mimeType: json, ...(text === undefined ? {} : { text }) },
    redirectURL: "",
    headersSize: -1,
    bodySize: answer?.bytes ?? -1,
  };
}

function statusOf(answer: LogRecord | undefined): number | undefined {
  if (answer === undefined) return undefined;
  const status = /^http_(\d{3})$/.exec(answer["error.type"] ?? "")?.[1];
  return status === undefined ? 200 : Number(status);
}

/** As a text; a body that was cut is one already. */
function bodyText(record: LogRecord | undefined): string | undefined {
  if (record === undefined || !("body" in record) || record.body === undefined) return undefined;
  return typeof record.body === "string" ? record.body : JSON.stringify(record.body);
}

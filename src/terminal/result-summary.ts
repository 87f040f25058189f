/** Says what came of a request, in a few words. */
import { preview } from "./body-text.ts";
import { counted, sizeText } from "./durations.ts";
import { field, isObject, listField, numberField, textField, type Foreign } from "./foreign.ts";
import { refusalText } from "./refusal-text.ts";

export type ResultSummary = { readonly isFailed: boolean; readonly text: string };

const longest = 400;

const lists: Readonly<Record<string, readonly [key: string, noun: string]>> = {
  "tools/list": ["tools", "tool"],
  "resources/list": ["resources", "resource"],
  "resources/templates/list": ["resourceTemplates", "template"],
  "prompts/list": ["prompts", "prompt"],
  "roots/list": ["roots", "root"],
};

/** What people know by name; the others are shown as their number. */
const httpStatuses: Readonly<Record<string, string>> = {
  "400": "Bad Request",
  "401": "Unauthorized",
  "403": "Forbidden",
  "404": "Not Found",
  "405": "Method Not Allowed",
  "406": "Not Acceptable",
  "408": "Request Timeout",
  "409": "Conflict",
  "413": "Content Too Large",
  "415": "Unsupported Media Type",
  "421": "Misdirected Request",
  "429": "Too Many Requests",
  "500": "Internal Server Error",
  "502": "Bad Gateway",
  "503": "Service Unavailable",
  "504": "Gateway Timeout",
};

export function resultSummary(method: string, record: Foreign): ResultSummary {
  const errorType = textField(record, "error.type");
  const body = field(record, "body");
  const result = field(body, "result");
  if (errorType?.startsWith("http_") === true) return { isFailed: true, text: httpFailure(errorType, body) };
  if (isObject(field(body, "error")) || (errorType !== undefined && errorType !== "tool_error"))
    return { isFailed: true, text: protocolError(errorType, field(body, "error")) };
  if (errorType === "tool_error" || field(result, "isError") === true)
    return { isFailed: true, text: contentText(listField(result, "content")) ?? "tool error" };
  return { isFailed: false, text: success(method, result, record) };
}

function httpFailure(errorType: string, body: unknown): string {
  const status = errorType.slice("http_".length, "http_".length + 12);
  const name = httpStatuses[status];
  const said = refusalText(textField(body, "text") ?? "").slice(0, longest);
  // No status that a server has sent: the client left.
  if (status === "499" && said !== "") return said;
  // Many servers say the status once more.
  const news =
    name !== undefined && said.startsWith(name) ? said.slice(name.length).replace(/^[:,. ]+/, "") : said;
  return [name === undefined ? `HTTP ${status}` : `${status} ${name}`, news]
    .filter((part) => part !== "")
    .join("  ");
}

function protocolError(errorType: string | undefined, error: unknown): string {
  const code = numberField(error, "code") ?? errorType;
  const message = textField(error, "message")?.slice(0, longest);
  // The SDK puts the code into the message too.
  const text = message?.replace(/^MCP error -?\d+: /, "");
  return [code, text].filter((part) => part !== undefined && part !== "").join("  ");
}

function success(method: string, result: unknown, record: Foreign): string {
  const list = lists[method];
  if (list !== undefined && Array.isArray(field(result, list[0])))
    return `${counted(listField(result, list[0]).length, list[1])}${field(result, "nextCursor") === undefined ? "" : ", more to come"}`;
  if (result === undefined) return withoutBody(record);
  switch (method) {
    case "tools/call":
      return contentText(listField(result, "content")) ?? structured(result);
    case "resources/read":
      return contentText(listField(result, "contents")) ?? "empty";
    case "prompts/get": {
      const messages = listField(result, "messages");
      return contentText(messages.map((message) => field(message, "content"))) ?? "no messages";
    }
    case "completion/complete":
      return counted(listField(result, "completion", "values").length, "value");
    case "sampling/createMessage":
      return contentText([field(result, "content")].flat()) ?? "ok";
    case "elicitation/create":
      return [textField(result, "action"), unlessEmpty(field(result, "content"))].filter(Boolean).join("  ");
    case "initialize":
      return [textField(result, "serverInfo", "name"), textField(result, "serverInfo", "version")]
        .filter((part) => part !== undefined)
        .join(" ");
    default:
      return unlessEmpty(result) || "ok";
  }
}

/** The log may be without payloads, or have cut them off. */
function withoutBody(record: Foreign): string {
  const bytes = numberField(record, "bytes");
  return bytes === undefined ? "ok" : sizeText(bytes);
}

function structured(result: unknown): string {
  return unlessEmpty(field(result, "structuredContent")) || "empty";
}

/** The first block, and how many come after it. `undefined` if there is none. */
function contentText(blocks: readonly unknown[]): string | undefined {
  const first = blocks[0];
  if (first === undefined) return undefined;
  const more = blocks.length > 1 ? ` (+${blocks.length - 1})` : "";
  return `${blockText(first)}${more}`;
}

function blockText(block: unknown): string {
  const text = textField(block, "text") ?? textField(block, "resource", "text");
  if (text !== undefined) return text.slice(0, longest).trim() || "empty text";
  const type = textField(block, "mimeType") ?? textField(block, "resource", "mimeType");
  const data = textField(block, "data") ?? textField(block, "blob") ?? textField(block, "resource", "blob");
  // Four characters of base64 are three bytes.
  if (data !== undefined) return `${type ?? "binary"} ${sizeText(Math.floor((data.length * 3) / 4))}`;
  return textField(block, "uri") ?? preview(block, longest);
}

function unlessEmpty(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = preview(value, longest);
  return text === "{}" ? "" : text;
}

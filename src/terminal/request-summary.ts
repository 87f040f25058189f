/** Says what a request or a notification asks for: its method, what it is about, its arguments in short. */
import { preview } from "./body-text.ts";
import { field, isObject, listField, numberField, textField, type Foreign } from "./foreign.ts";

export type RequestSummary = {
  readonly method: string;
  /** Tool, prompt, resource: shown bold. */
  readonly subject: string | undefined;
  /** Not made plain, at most about `longest` characters. */
  readonly details: string;
};

const longest = 300;

export function requestSummary(record: Foreign): RequestSummary {
  const method = textField(record, "mcp.method.name") ?? textField(record, "body", "method") ?? "?";
  const params = field(record, "body", "params");
  return { method, subject: subjectOf(method, record, params), details: detailsOf(method, params) };
}

function subjectOf(method: string, record: Foreign, params: unknown): string | undefined {
  switch (method) {
    case "tools/call":
      return textField(record, "gen_ai.tool.name") ?? textField(params, "name");
    case "prompts/get":
      return textField(record, "gen_ai.prompt.name") ?? textField(params, "name");
    case "completion/complete":
      return textField(params, "ref", "name") ?? textField(params, "ref", "uri");
    case "logging/setLevel":
      return textField(params, "level");
    case "initialize":
      return textField(params, "clientInfo", "name");
    default:
      if (!method.startsWith("resources/") && method !== "notifications/resources/updated") return undefined;
      return textField(record, "mcp.resource.uri") ?? textField(params, "uri");
  }
}

function detailsOf(method: string, params: unknown): string {
  switch (method) {
    case "tools/call":
    case "prompts/get":
      return unlessEmpty(field(params, "arguments"));
    case "completion/complete":
      return unlessEmpty(field(params, "argument"));
    case "sampling/createMessage":
      return textOfContent(field(listField(params, "messages").at(-1), "content")) ?? unlessEmpty(params);
    case "elicitation/create":
      return textField(params, "message")?.slice(0, longest) ?? unlessEmpty(params);
    case "initialize":
      return textField(params, "clientInfo", "version") ?? "";
    case "logging/setLevel":
      return "";
    case "notifications/progress":
      return progress(params);
    case "notifications/cancelled":
      return textField(params, "reason")?.slice(0, longest) ?? "";
    default:
      return unlessEmpty(withoutShown(method, params));
  }
}

/** A sampling message's content is one block or a list of them. */
function textOfContent(content: unknown): string | undefined {
  const block: unknown = Array.isArray(content) ? content[0] : content;
  return textField(block, "text")?.slice(0, longest);
}

function progress(params: unknown): string {
  const done = numberField(params, "progress");
  const total = numberField(params, "total");
  const message = textField(params, "message")?.slice(0, longest);
  const count = done === undefined ? "" : total === undefined ? String(done) : `${done}/${total}`;
  return [count, message].filter((part) => part !== undefined && part !== "").join("  ");
}

/** `_meta` belongs to the protocol, and the uri is the subject. */
function withoutShown(method: string, params: unknown): unknown {
  if (!isObject(params)) return params;
  const isUriShown = method.includes("resources/");
  const entries = Object.entries(params).filter(([key]) => key !== "_meta" && !(isUriShown && key === "uri"));
  return Object.fromEntries(entries);
}

function unlessEmpty(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = preview(value, longest);
  return text === "{}" || text === "[]" ? "" : text;
}

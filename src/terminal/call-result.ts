/** What a server answered, for a person: texts as they are, everything else named or indented. */
import { field, isObject, listField, numberField, textField } from "./foreign.ts";
import { prettyJson } from "./pretty-json.ts";
import type { Styles } from "./styles.ts";

/** Each text ends without a line feed. What a server sends to a terminal must not steer it; a file gets it as it is. */
export type ResultView = {
  readonly styles: Styles;
  readonly width: number;
  readonly plain: (text: string) => string;
};

export function toolResultText(result: unknown, view: ResultView): string {
  const content = listField(result, "content").map((item) => contentText(item, view));
  const structured = field(result, "structuredContent");
  if (content.length > 0 || structured === undefined) return content.join("\n");
  return jsonText(structured, view);
}

export function resourceText(result: unknown, view: ResultView): string {
  return listField(result, "contents")
    .map((item) => embeddedText(item, view))
    .join("\n");
}

export function promptText(result: unknown, view: ResultView): string {
  return listField(result, "messages")
    .map((message) => {
      const role = view.styles.bold(`${textField(message, "role") ?? "user"}:`);
      return `${role} ${contentText(field(message, "content"), view)}`;
    })
    .join("\n\n");
}

function contentText(item: unknown, view: ResultView): string {
  switch (textField(item, "type")) {
    case "text":
      return view.plain(textField(item, "text") ?? "");
    case "image":
    case "audio":
      return `[${String(textField(item, "type"))} ${mediaText(item, textField(item, "data"), view)}]`;
    case "resource":
      return embeddedText(field(item, "resource"), view);
    case "resource_link":
      return `[resource ${view.plain(textField(item, "uri") ?? "")}]`;
    case undefined:
    default:
      return jsonText(item, view);
  }
}

function embeddedText(resource: unknown, view: ResultView): string {
  const text = textField(resource, "text");
  if (text !== undefined) return view.plain(text);
  return `[resource ${mediaText(resource, textField(resource, "blob"), view)}]`;
}

function mediaText(item: unknown, base64: string | undefined, view: ResultView): string {
  const bytes = Buffer.byteLength(base64 ?? "", "base64");
  return `${view.plain(textField(item, "mimeType") ?? "of unknown type")}, ${bytes} bytes`;
}

function jsonText(value: unknown, { styles, width }: ResultView): string {
  return prettyJson(value, styles, width, 0).join("\n");
}

/** `2/5 half way`, `40 message` */
export function progressText(progress: unknown): string {
  const total = numberField(progress, "total");
  const done = numberField(progress, "progress") ?? 0;
  const share = total === undefined ? String(done) : `${done}/${total}`;
  const message = textField(progress, "message");
  return message === undefined ? share : `${share} ${message}`;
}

/** `warning db: slow` */
export function logText(params: unknown): { readonly level: string; readonly text: string } {
  const level = textField(params, "level") ?? "info";
  const logger = textField(params, "logger");
  const data = field(params, "data");
  // FastMCP wraps what is logged in an object with a message and a context.
  const { message, context } = isObject(data) ? data : { message: data, context: undefined };
  const text = typeof message === "string" ? message : JSON.stringify(data);
  const rest = typeof message === "string" && context !== undefined ? ` ${JSON.stringify(context)}` : "";
  return { level, text: `${logger === undefined ? "" : `${logger}: `}${text}${rest}` };
}

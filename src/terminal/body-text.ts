/** Writes the start of any value as JSON on one line, looking at no more of it than is shown. */
import { isObject } from "./foreign.ts";

/** Up to this length a loop is faster than `JSON.stringify`. */
const shortLength = 16;

/** Compact JSON, cut soon after `limit` characters; whoever shows it cuts it to the cell. */
export function preview(value: unknown, limit: number): string {
  if (Array.isArray(value)) return listPreview(value, limit);
  if (isObject(value)) return objectPreview(value, limit);
  if (typeof value === "string") return quoted(value.length > limit ? value.slice(0, limit) : value);
  return String(value);
}

/** As JSON. Most short texts need no escape. */
function quoted(text: string): string {
  if (text.length > shortLength) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function listPreview(list: readonly unknown[], limit: number): string {
  let text = "[";
  for (const item of list) {
    if (text.length > limit) return text;
    if (text.length > 1) text += ",";
    text += preview(item, limit - text.length);
  }
  return `${text}]`;
}

function objectPreview(object: Readonly<Record<string, unknown>>, limit: number): string {
  let text = "{";
  for (const key in object) {
    if (text.length > limit) return text;
    if (text.length > 1) text += ",";
    text += `${quoted(key.slice(0, 100))}:`;
    text += preview(object[key], limit - text.length);
  }
  return `${text}}`;
}

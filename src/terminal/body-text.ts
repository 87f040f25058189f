/** Writes the start of any value as JSON on one line, looking at no more of it than is shown. */
import { isObject } from "./foreign.ts";

/** Compact JSON, cut soon after `limit` characters; whoever shows it cuts it to the cell. */
export function preview(value: unknown, limit: number): string {
  if (Array.isArray(value)) return listPreview(value, limit);
  if (isObject(value)) return objectPreview(value, limit);
  if (typeof value === "string") return JSON.stringify(value.length > limit ? value.slice(0, limit) : value);
  return String(value);
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
    text += `${JSON.stringify(key.slice(0, 100))}:`;
    text += preview(object[key], limit - text.length);
  }
  return `${text}}`;
}

/** Says in a few words who a session belongs to: the scalar fields of what the server's `authenticate` returned. */
import { isObject } from "./foreign.ts";

const mostFields = 4;
const longestValue = 60;
const redacted = "[redacted]";
/** Says how a request came, not whose it is. */
const usualHeader =
  /^(?:host|connection|user-agent|origin|referer|cookie|te|pragma|cache-control|transfer-encoding|forwarded|last-event-id|(?:accept|content|upgrade|sec|mcp|x-forwarded)(?:-.*)?)$/i;

/**
 * `u1 admin age=7`: what is a text speaks for itself, and once. Empty if there is nothing to say.
 * @param said what stands beside it already.
 */
export function identityText(identity: unknown, said = ""): string {
  if (typeof identity === "string") return identity.slice(0, longestValue);
  const fields = [...new Set(fieldsOf(identity, "", 0))].filter((text) => text !== said);
  return fields.slice(0, mostFields).join(" ");
}

function fieldsOf(value: unknown, prefix: string, depth: number): string[] {
  if (!isObject(value) || depth > 1) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === redacted || item === "" || item === null) return [];
    if (Array.isArray(item)) {
      const texts: readonly unknown[] = item;
      if (texts.length === 0 || !texts.every((text) => typeof text === "string")) return [];
      return [texts.join(",").slice(0, longestValue)];
    }
    if (isObject(item)) {
      const said = key === "headers" ? ownHeaders(item) : item;
      return fieldsOf(said, `${prefix}${key}.`, depth + 1);
    }
    return [
      typeof item === "string" ? item.slice(0, longestValue) : `${prefix}${key}=${JSON.stringify(item)}`,
    ];
  });
}

function ownHeaders(headers: object): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !usualHeader.test(name)));
}

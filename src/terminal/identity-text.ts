/** Says in a few words who a session belongs to: the scalar fields of what the server's `authenticate` returned. */
import { isObject } from "./foreign.ts";

const mostFields = 4;
const longestValue = 60;
const redacted = "[redacted]";

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
    if (isObject(item)) return fieldsOf(item, `${prefix}${key}.`, depth + 1);
    return [
      typeof item === "string" ? item.slice(0, longestValue) : `${prefix}${key}=${JSON.stringify(item)}`,
    ];
  });
}

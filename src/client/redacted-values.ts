/** Puts values back where the log has `[redacted]`: nothing is sent with that in it. */
import { redactedMark } from "../log/secret-text.ts";
import { isObject } from "../terminal/foreign.ts";

/** `params.arguments.apiKey` → `MCP_REPLAY_API_KEY` */
export function variableFor(path: readonly string[]): string {
  const key = path.findLast((part) => !/^\d+$/.test(part)) ?? "VALUE";
  const words = key.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/[^A-Za-z\d]+/g, "_");
  return `MCP_REPLAY_${words.toUpperCase()}`;
}

/** Names of the variables that a value needs, in order, each once. */
export function neededFor(value: unknown): string[] {
  const names = new Set<string>();
  walk(value, [], (text, path) => {
    names.add(variableFor(path));
    return text;
  });
  return [...names];
}

export function filledIn<Value>(value: Value, values: ReadonlyMap<string, string>): Value {
  const filled = walk(value, [], (text, path) =>
    text.replaceAll(redactedMark, () => values.get(variableFor(path)) ?? redactedMark),
  );
  // The walk changes texts and keeps the shape.
  return filled as Value;
}

function walk(
  value: unknown,
  path: readonly string[],
  replace: (text: string, path: readonly string[]) => string,
): unknown {
  if (typeof value === "string") return value.includes(redactedMark) ? replace(value, path) : value;
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, String(index)], replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], replace)]),
  );
}

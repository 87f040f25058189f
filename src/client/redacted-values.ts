/** Puts values back where the log has `[redacted]`: nothing is sent with that in it. */
import { redactedMark } from "../log/secret-text.ts";
import { isObject } from "../terminal/foreign.ts";
import { typedText } from "./arguments.ts";
import { schemaAt } from "./schema.ts";

export type Place = {
  /** The protocol's id of the request that it belongs to. */
  readonly id?: string | undefined;
  /** JSON Schema, if there is one, of what is under these keys: by it, what was redacted as a whole is typed. */
  readonly typed?: { readonly under: readonly string[]; readonly schema: unknown };
};

/** `params.arguments.apiKey` → `MCP_REPLAY_API_KEY`; for the request 7 alone, `MCP_REPLAY_7_API_KEY` */
export function variableFor(path: readonly string[], id?: string): string {
  const key = path.findLast((part) => !/^\d+$/.test(part)) ?? "VALUE";
  const name = key.replace(/([a-z\d])([A-Z])/g, "$1_$2");
  const words = (id === undefined ? name : `${id}_${name}`).replace(/[^A-Za-z\d]+/g, "_");
  return `MCP_REPLAY_${words.toUpperCase()}`;
}

/** Names of the variables that values need, in order, each once, with those that go before it, of single requests. */
export function neededFor(sent: readonly (Place & { readonly value: unknown })[]): Map<string, Set<string>> {
  const needed = new Map<string, Set<string>>();
  for (const { id, value } of sent) {
    walk(value, [], (text, path) => {
      const name = variableFor(path);
      needed.set(name, (needed.get(name) ?? new Set()).add(variableFor(path, id)));
      return text;
    });
  }
  return needed;
}

export function filledIn<Value>(
  value: Value,
  values: ReadonlyMap<string, string>,
  { id, typed }: Place = {},
): Value {
  const filled = walk(value, [], (text, path) => {
    const found = values.get(variableFor(path, id)) ?? values.get(variableFor(path));
    if (found === undefined) return text;
    const { schema, under = [] } = typed ?? {};
    const isTyped = schema !== undefined && under.every((key, index) => path[index] === key);
    if (text !== redactedMark || !isTyped) return text.replaceAll(redactedMark, () => found);
    return typedText(found, schemaAt(schema, path.slice(under.length)), schema);
  });
  // The walk changes what was redacted, and keeps the shape.
  return filled as Value;
}

function walk(
  value: unknown,
  path: readonly string[],
  replace: (text: string, path: readonly string[]) => unknown,
): unknown {
  if (typeof value === "string") return value.includes(redactedMark) ? replace(value, path) : value;
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, String(index)], replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], replace)]),
  );
}

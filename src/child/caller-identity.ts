/** Reads what the server's `authenticate` made of a session's caller, as plain data that can be sent. */

type Tools = { readonly filter: (test: (tool: object) => unknown) => never };

const deepest = 4;
const mostEntries = 40;
const longestText = 400;

/**
 * FastMCP keeps it private and shows it to `canAccess` of tools alone. `toolsListChanged` asks that of each tool in the
 * list that it is given, before it does anything else; this list ends it there.
 */
export function callerIdentity(session: object): unknown {
  let identity: unknown;
  const probe = { canAccess: (auth: unknown) => void (identity = auth) };
  const tools: Tools = {
    filter: (test) => {
      test(probe);
      throw new Error("seen enough");
    },
  };
  try {
    const { toolsListChanged } = session as { toolsListChanged?: (tools: Tools) => void };
    toolsListChanged?.call(session, tools);
  } catch {
    // That is how it ends.
  }
  return plain(identity, 0);
}

/** No getter runs, nothing is long; `undefined` for what is no data. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.slice(0, longestText);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object" || depth >= deepest) return undefined;
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((item) => plain(item, depth + 1) ?? null);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  const properties = Object.entries(Object.getOwnPropertyDescriptors(value)).slice(0, mostEntries);
  const entries = properties.map(([key, { value: item, enumerable }]) => [
    key.slice(0, longestText),
    enumerable === true ? plain(item, depth + 1) : undefined,
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as object;
}

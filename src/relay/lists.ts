/** The four lists that a server has: how each is asked for, what an answer holds, and how two states of one differ. */
import { asString, at, isObject, type Response } from "./json-rpc.ts";

type ListShape = {
  /** Where a result holds the entries. */
  readonly key: string;
  /** What tells entries apart. */
  readonly id: string;
  /** What a person calls an entry. */
  readonly noun: string;
  /** What tells a client that the list is another one. Resources and their templates share it (MCP, server/resources). */
  readonly changed: string;
};

export const lists = {
  "tools/list": { key: "tools", id: "name", noun: "tool", changed: "notifications/tools/list_changed" },
  "prompts/list": {
    key: "prompts",
    id: "name",
    noun: "prompt",
    changed: "notifications/prompts/list_changed",
  },
  "resources/list": {
    key: "resources",
    id: "uri",
    noun: "resource",
    changed: "notifications/resources/list_changed",
  },
  "resources/templates/list": {
    key: "resourceTemplates",
    id: "uriTemplate",
    noun: "template",
    changed: "notifications/resources/list_changed",
  },
} as const satisfies Readonly<Record<string, ListShape>>;

export type ListMethod = keyof typeof lists;
export type Entry = Readonly<Record<string, unknown>>;

export const listMethods = Object.keys(lists).filter(isListMethod);

export function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(lists, method);
}

/** The entries of one page; `undefined` if the answer is none. */
export function entriesOf(method: ListMethod, response: Response): readonly Entry[] | undefined {
  const entries = at(response.result, lists[method].key);
  return Array.isArray(entries) ? entries.filter(isObject) : undefined;
}

/** Where the next page begins; `undefined` on the last one (MCP, server/utilities/pagination). */
export function nextCursor(response: Response): string | undefined {
  return asString(at(response.result, "nextCursor"));
}

/** What a person is shown of two states, as texts such as `tool greet` or `tool greet (description)`. */
export type ListChanges = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

/** Names what differs. The order of entries does not count. */
export function listChanges(
  method: ListMethod,
  before: readonly Entry[],
  after: readonly Entry[],
): ListChanges {
  const [old, now] = [byId(method, before), byId(method, after)];
  const named = (id: string): string => `${lists[method].noun} ${id}`;
  return {
    added: [...now.keys()].filter((id) => !old.has(id)).map(named),
    changed: [...now].flatMap(([id, entry]) => {
      const previous = old.get(id);
      const fields = previous === undefined ? [] : differingFields(previous, entry);
      return fields.length === 0 ? [] : [`${named(id)} (${fields.join(", ")})`];
    }),
    removed: [...old.keys()].filter((id) => !now.has(id)).map(named),
  };
}

function byId(method: ListMethod, entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [asString(entry[lists[method].id]) ?? "", entry]));
}

function differingFields(before: Entry, after: Entry): string[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).sort();
}

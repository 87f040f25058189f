/** Notices what a server adds twice before it starts: FastMCP keeps the later one and says nothing. */
import { report } from "./channel.ts";
import type { OfferKind } from "./messages.ts";

const methods: Readonly<Record<string, OfferKind>> = {
  addTool: "tool",
  addTools: "tool",
  addPrompt: "prompt",
  addPrompts: "prompt",
  addResource: "resource",
  addResources: "resource",
  addResourceTemplate: "resource template",
  addResourceTemplates: "resource template",
};

/** `kind name`, of each server. */
const added = new WeakMap<object, Set<string>>();

type Wrap = (name: string, look: (self: object, args: readonly unknown[]) => void) => void;

/** @param isOver whether a server may add and replace what it likes by now. */
export function observeNames(wrap: Wrap, isOver: (server: object) => boolean): void {
  for (const [method, kind] of Object.entries(methods)) {
    wrap(method, (server, [first]) => {
      if (isOver(server)) return;
      for (const item of Array.isArray(first) ? (first as unknown[]) : [first]) note(server, kind, item);
    });
  }
}

function note(server: object, kind: OfferKind, item: unknown): void {
  if (typeof item !== "object" || item === null || !("name" in item) || typeof item.name !== "string") return;
  const names = added.get(server) ?? new Set();
  added.set(server, names);
  const key = `${kind} ${item.name}`;
  if (names.has(key)) report({ type: "duplicate", kind, name: item.name });
  names.add(key);
}

/** What is wrong with the names of what a server offers. */
import type { OfferKind } from "../child/messages.ts";
import { asString } from "../relay/json-rpc.ts";
import type { Entry } from "../relay/lists.ts";

/** MCP, server/tools. */
const protocolName = /^[A-Za-z0-9_.-]{1,128}$/;

export const addedTwice = "is added twice; clients see only the later one";
export const breaksNameRule =
  "its name breaks the protocol's rule: 1 to 128 letters, digits, underscores, hyphens, dots";

export type Duplicate = { readonly kind: OfferKind; readonly name: string };

export function isToolName(name: string): boolean {
  return protocolName.test(name);
}

export function nameWarnings(duplicates: readonly Duplicate[], tools: readonly Entry[]): readonly string[] {
  const names = tools.map(({ name }) => asString(name) ?? "");
  return [
    ...duplicates.map(({ kind, name }) => `${kind} ${name} ${addedTwice}`),
    ...names.filter((name) => !isToolName(name)).map((name) => `tool ${name}: ${breaksNameRule}`),
  ];
}

/** Asks a server for all that it offers, page by page. */
import type { ListFailure } from "../dev/list-failures.ts";
import { field, isObject, listField, textField, type Foreign } from "../terminal/foreign.ts";
import type { Connection } from "./connect.ts";

export type Offer = {
  readonly server: { readonly name: string; readonly version: string };
  readonly tools: readonly Foreign[];
  readonly resources: readonly Foreign[];
  readonly resourceTemplates: readonly Foreign[];
  readonly prompts: readonly Foreign[];
  /** Lists that are answered with an error, where that is known. */
  readonly failures?: readonly ListFailure[];
};

/** Nobody has that many pages: a cursor that leads in a circle ends. */
const mostPages = 1000;

/** @param list asks for one of the lists, whose entries its answers have under `key`. */
export async function offerOf(connection: Connection, list: typeof all = all): Promise<Offer> {
  const { client } = connection;
  const can = client.getServerCapabilities() ?? {};
  const { name = "server", version = "" } = client.getServerVersion() ?? {};
  return {
    server: { name, version },
    tools: can.tools === undefined ? [] : await list(connection, "tools/list", "tools"),
    resources: can.resources === undefined ? [] : await list(connection, "resources/list", "resources"),
    resourceTemplates:
      can.resources === undefined
        ? []
        : await list(connection, "resources/templates/list", "resourceTemplates"),
    prompts: can.prompts === undefined ? [] : await list(connection, "prompts/list", "prompts"),
  };
}

export async function all(connection: Connection, method: string, key: string): Promise<Foreign[]> {
  const found: Foreign[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const result = await connection.request(method, cursor === undefined ? {} : { cursor });
    found.push(...listField(result, key).filter(isObject));
    cursor = textField(result, "nextCursor");
    if (cursor === undefined) break;
  }
  return found;
}

export function nameOf(item: Foreign): string {
  return textField(item, "name") ?? String(field(item, "name"));
}

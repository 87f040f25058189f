/** What the code of a server offers, as far as it says so in plain words: names that are put together are not seen. */
import type { Expression, Node, ObjectLiteralExpression, SourceFile } from "typescript";
import type { AddedKind } from "./added-names.ts";
import type { Ts } from "./typescript-api.ts";

/** Of a resource, `name` is its address. */
export type Offered = { readonly kind: AddedKind; readonly name: string };

/** Objects with the members that FastMCP asks for: `execute` of a tool, `load` of the others, which `uri` tells apart. */
export function offeredIn(ts: Ts, source: SourceFile): readonly Offered[] {
  const found: Offered[] = [];
  const visit = (node: Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const offered = read(ts, node);
      if (offered !== undefined) found.push(offered);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function read(ts: Ts, object: ObjectLiteralExpression): Offered | undefined {
  const members = new Map<string, Expression | undefined>();
  for (const property of object.properties) {
    const { name } = property;
    if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) continue;
    members.set(name.text, ts.isPropertyAssignment(property) ? property.initializer : undefined);
  }
  const text = (member: string): string | undefined => {
    const value = members.get(member);
    return value !== undefined && ts.isStringLiteralLike(value) ? value.text : undefined;
  };
  const offered = (kind: AddedKind, name: string | undefined): Offered | undefined =>
    name === undefined ? undefined : { kind, name };
  if (members.has("execute")) return offered("tool", text("name"));
  if (!members.has("load")) return undefined;
  if (members.has("uri")) return offered("resource", text("uri"));
  return members.has("uriTemplate")
    ? offered("resource", text("uriTemplate"))
    : offered("prompt", text("name"));
}

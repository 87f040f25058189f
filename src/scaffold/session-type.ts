/** The type that a server's sessions have, as the file says it in which something is registered: `FastMCP<UserSession>`. */
import { posix } from "node:path";
import type { ImportDeclaration, Node, SourceFile } from "typescript";
import type { Ts } from "./typescript-api.ts";

export type SessionType = {
  readonly name: string;
  /** What a new file imports it from. */
  readonly from: string;
  /** The file of the project that this is; undefined for one of a package. */
  readonly file: string | undefined;
};

/**
 * Undefined where no type is said, or none that is imported.
 * @param folder of the new file.
 */
export function sessionType(
  ts: Ts,
  sources: ReadonlyMap<string, string>,
  file: string,
  folder: string,
): SessionType | undefined {
  const source = ts.createSourceFile(file, sources.get(file) ?? "", ts.ScriptTarget.Latest);
  const local = typeArgument(ts, source);
  if (local === undefined) return undefined;
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const name = importedName(ts, statement, local);
    const from = statement.moduleSpecifier.text;
    if (name === undefined) continue;
    if (!from.startsWith(".")) return { name, from, file: undefined };
    const path = posix.join(posix.dirname(file), from);
    const relative = posix.relative(folder, path);
    return {
      name,
      from: relative.startsWith(".") ? relative : `./${relative}`,
      file: [path, path.replace(/js(x?)$/, "ts$1"), `${path}.ts`, `${path}/index.ts`].find((each) =>
        sources.has(each),
      ),
    };
  }
  return undefined;
}

function typeArgument(ts: Ts, source: SourceFile): string | undefined {
  const visit = (node: Node): string | undefined => {
    const called = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isNewExpression(node)
        ? node.expression
        : undefined;
    if (called !== undefined && ts.isIdentifier(called) && called.text === "FastMCP") {
      const [type] = (node as { typeArguments?: readonly Node[] }).typeArguments ?? [];
      if (type !== undefined && ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
        return type.typeName.text;
      }
    }
    return ts.forEachChild(node, visit);
  };
  return visit(source);
}

/** What an import calls that which is `local` here. */
function importedName(ts: Ts, { importClause }: ImportDeclaration, local: string): string | undefined {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return undefined;
  const found = bindings.elements.find(({ name }) => name.text === local);
  return found === undefined ? undefined : (found.propertyName ?? found.name).text;
}

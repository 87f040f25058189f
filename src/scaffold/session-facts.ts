/** What the file of a project's session gives to new code: the type of the session, who is in it, and the roles. */
import type { Statement, TypeNode } from "typescript";
import type { Ts } from "./typescript-api.ts";

export const sessionFile = "src/session.ts";
export const usualType = "UserSession";

export type SessionFacts = {
  /** Its type has a member `user`. */
  readonly hasUser: boolean;
  /** The words of the type `Role`, where `requireRole` takes them. */
  readonly roles: readonly string[];
};

/**
 * Undefined where the file does not export `requireUser`.
 * @param imported the type of the session, where another file imports it from this one; else it has to be `UserSession`.
 */
export function sessionFacts(
  ts: Ts,
  text: string | undefined,
  imported: string | undefined,
): SessionFacts | undefined {
  if (text === undefined) return undefined;
  const { statements } = ts.createSourceFile(sessionFile, text, ts.ScriptTarget.Latest);
  const exported = new Map(
    statements
      .filter((statement) => isExported(ts, statement))
      .flatMap((statement) => namesDeclared(ts, statement).map((name) => [name, statement] as const)),
  );
  const session = exported.get(imported ?? usualType);
  if (!exported.has("requireUser") || (imported === undefined && session === undefined)) return undefined;
  const role = exported.get("Role");
  const roleType = role !== undefined && ts.isTypeAliasDeclaration(role) ? role.type : undefined;
  return {
    hasUser: session !== undefined && membersOf(ts, session).includes("user"),
    roles: exported.has("requireRole") && roleType !== undefined ? wordsOf(ts, roleType) : [],
  };
}

function isExported(ts: Ts, statement: Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function namesDeclared(ts: Ts, statement: Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const named =
    ts.isTypeAliasDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

function membersOf(ts: Ts, statement: Statement): readonly string[] {
  const type = ts.isTypeAliasDeclaration(statement) ? statement.type : statement;
  const holder = ts.isTypeLiteralNode(type) || ts.isInterfaceDeclaration(type) ? type : undefined;
  return (holder?.members ?? []).flatMap(({ name }) =>
    name !== undefined && ts.isIdentifier(name) ? [name.text] : [],
  );
}

function wordsOf(ts: Ts, type: TypeNode): readonly string[] {
  const types = ts.isUnionTypeNode(type) ? type.types : [type];
  return types.flatMap((each) =>
    ts.isLiteralTypeNode(each) && ts.isStringLiteral(each.literal) ? [each.literal.text] : [],
  );
}

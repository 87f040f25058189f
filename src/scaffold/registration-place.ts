/** Finds in a file's syntax tree where one more tool, resource or prompt is added to the server. */
import type {
  Block,
  CallExpression,
  Expression,
  Node,
  ParameterDeclaration,
  SourceFile,
  Statement,
} from "typescript";
import type { Ts } from "./typescript-api.ts";

/** Methods of FastMCP that add one. */
export type AddMethod = "addTool" | "addResource" | "addResourceTemplate" | "addPrompt";

export type RegistrationPlace = {
  /** What the server is called there. */
  readonly server: string;
  readonly block: Block | SourceFile;
  /** The statement to add behind; undefined: at the block's beginning. */
  readonly after: Statement | undefined;
  /** Parameters of the function, by the names of their types. */
  readonly parameters: ReadonlyMap<string, string>;
};

type Scope = Omit<RegistrationPlace, "after"> & {
  /** Where the server is made, if it is made here. */
  readonly made: Statement | undefined;
};

const anyAddition = /^add(?:Tool|Resource|ResourceTemplate|Prompt)s?$/;

/** Undefined where there is no such place, or more than one that is as good. */
export function registrationPlace(
  ts: Ts,
  source: SourceFile,
  method: AddMethod,
): RegistrationPlace | undefined {
  const scopes = scopesIn(ts, source);
  const related =
    method === "addResourceTemplate" ? /^addResource(?:Template)?s?$/ : new RegExp(`^${method}s?$`);
  for (const wanted of [new RegExp(`^${method}s?$`), related, anyAddition]) {
    const found = scopes.flatMap((scope) => {
      const after = additionsIn(ts, scope, wanted).at(-1);
      return after === undefined ? [] : [placeIn(scope, after)];
    });
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  const [scope, ...others] = scopes;
  if (scope === undefined || others.length > 0) return undefined;
  const leaving = scope.block.statements.findIndex(
    (each) => ts.isReturnStatement(each) || ts.isThrowStatement(each),
  );
  const reached = leaving < 0 ? scope.block.statements : scope.block.statements.slice(0, leaving);
  return placeIn(scope, scope.made ?? reached.at(-1));
}

function placeIn({ server, block, parameters }: Scope, after: Statement | undefined): RegistrationPlace {
  return { server, block, after, parameters };
}

/** Every block in which a server is at hand: made there, or a parameter of the function. */
function scopesIn(ts: Ts, source: SourceFile): readonly Scope[] {
  const scopes: Scope[] = [];
  const visit = (node: Node): void => {
    if (ts.isVariableStatement(node) && (ts.isBlock(node.parent) || ts.isSourceFile(node.parent))) {
      const block = node.parent;
      for (const { name, initializer } of node.declarationList.declarations) {
        if (!ts.isIdentifier(name) || initializer === undefined || !makesServer(ts, initializer)) continue;
        scopes.push({ server: name.text, block, made: node, parameters: parametersOf(ts, block.parent) });
      }
    }
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined && ts.isBlock(node.body)) {
      for (const parameter of node.parameters) {
        const scope = scopeOf(ts, parameter, node.body, parametersOf(ts, node));
        if (scope !== undefined) scopes.push(scope);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return scopes;
}

function scopeOf(
  ts: Ts,
  { name, type }: ParameterDeclaration,
  block: Block,
  parameters: ReadonlyMap<string, string>,
): Scope | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  const scope = { server: name.text, block, made: undefined, parameters };
  const isServer = type !== undefined && typeName(ts, type) === "FastMCP";
  return isServer || additionsIn(ts, scope, anyAddition).length > 0 ? scope : undefined;
}

function makesServer(ts: Ts, expression: Expression): boolean {
  if (
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isParenthesizedExpression(expression)
  )
    return makesServer(ts, expression.expression);
  return (
    ts.isNewExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === "FastMCP"
  );
}

/** Statements `server.addTool(…);` of the block itself: what stands under a condition is not repeated. */
function additionsIn(
  ts: Ts,
  { server, block }: Pick<Scope, "server" | "block">,
  wanted: RegExp,
): Statement[] {
  return block.statements.filter((statement) => {
    const call = ts.isExpressionStatement(statement) ? callIn(ts, statement.expression) : undefined;
    const called = call?.expression;
    return (
      called !== undefined &&
      ts.isPropertyAccessExpression(called) &&
      ts.isIdentifier(called.expression) &&
      called.expression.text === server &&
      wanted.test(called.name.text)
    );
  });
}

function callIn(ts: Ts, expression: Expression): CallExpression | undefined {
  return ts.isCallExpression(expression) ? expression : undefined;
}

function parametersOf(ts: Ts, node: Node | undefined): ReadonlyMap<string, string> {
  if (node === undefined || !ts.isFunctionLike(node)) return new Map();
  return new Map(
    node.parameters.flatMap(({ name, type }) => {
      const of = type === undefined ? undefined : typeName(ts, type);
      return of === undefined || !ts.isIdentifier(name) ? [] : [[of, name.text] as const];
    }),
  );
}

function typeName(ts: Ts, type: Node): string | undefined {
  return ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : undefined;
}

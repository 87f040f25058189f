/** Adds an import and a registration to a file as its author wrote it: only inserts, and looks afterwards whether that went well. */
import type { ImportDeclaration, Node, SourceFile } from "typescript";
import { registrationPlace, type AddMethod, type RegistrationPlace } from "./registration-place.ts";
import { syntaxErrorLine, type Ts } from "./typescript-api.ts";

export type Registration = {
  readonly method: AddMethod;
  /** The name that is imported. */
  readonly exported: string;
  /** What is imported from, without the ending `.ts`: "./get-forecast". */
  readonly from: string;
  /** The argument of the method, given the parameters of the function by their types. */
  readonly argument: (parameters: ReadonlyMap<string, string>) => string;
};

export type EditOutcome =
  | {
      readonly kind: "edited";
      readonly text: string;
      /** What was inserted, as it stands there. */
      readonly lines: readonly string[];
      /** Of the function in which it is registered, by the names of their types. */
      readonly parameters: ReadonlyMap<string, string>;
      /** Of relative imports there: ".ts". */
      readonly ending: string;
    }
  | { readonly kind: "syntaxError"; readonly line: number }
  /** The file uses the name for something else. */
  | { readonly kind: "nameTaken" }
  | { readonly kind: "noPlace" };

type Insertion = { readonly at: number; readonly text: string };

export function editRegistration(
  ts: Ts,
  file: string,
  text: string,
  registration: Registration,
): EditOutcome {
  const line = syntaxErrorLine(ts, text);
  if (line !== undefined) return { kind: "syntaxError", line };
  const source = parse(ts, file, text);
  const place = registrationPlace(ts, source, registration.method);
  if (place === undefined) return { kind: "noPlace" };
  if (uses(ts, source, registration.exported)) return { kind: "nameTaken" };

  const style = styleOf(ts, source);
  const { server, parameters } = place;
  const call = `${server}.${registration.method}(${registration.argument(parameters)})`;
  const path = `${style.quote}${registration.from}${style.ending}${style.quote}`;
  const importing = `import { ${registration.exported} } from ${path}`;
  // Where a file leaves semicolons out, what follows may need one here.
  for (const semicolon of style.semicolons ? [";"] : ["", ";"]) {
    const lines = [`${importing}${semicolon}`, `${call}${semicolon}`] as const;
    const insertions = [
      importInsertion(ts, source, `${registration.from}${style.ending}`, lines[0]),
      callInsertion(ts, source, place, lines[1]),
    ];
    const edited = apply(text, insertions);
    if (isAsIntended(ts, source, edited, lines)) {
      return { kind: "edited", text: edited, lines, parameters, ending: style.ending };
    }
  }
  return { kind: "noPlace" };
}

function parse(ts: Ts, file: string, text: string): SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function uses(ts: Ts, source: SourceFile, name: string): boolean {
  const visit = (node: Node): boolean =>
    (ts.isIdentifier(node) && node.text === name && !isMemberName(ts, node)) ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(source);
}

function isMemberName(ts: Ts, node: Node): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent)) &&
    parent.name === node
  );
}

type Style = {
  readonly quote: string;
  readonly semicolons: boolean;
  /** Of relative imports. */
  readonly ending: string;
};

const dataEnding = /\.(?:json[5c]?|css|scss|svg|html?|md|txt|ya?ml|toml|csv|sql|graphql|gql|wasm|node)(?=.$)/;

function styleOf(ts: Ts, source: SourceFile): Style {
  const imports = importsOf(ts, source);
  const specifiers = imports.map(({ moduleSpecifier }) => moduleSpecifier.getText(source));
  // Of code: data has endings of its own.
  const relative = specifiers.filter((each) => /^.\.\.?\//.test(each) && !dataEnding.test(each));
  const endings = relative.flatMap((each) => /\.[cm]?[jt]sx?(?=.$)/.exec(each)?.[0] ?? []);
  return {
    quote: specifiers[0]?.startsWith("'") === true ? "'" : '"',
    semicolons: imports[0]?.getText(source).endsWith(";") !== false,
    ending: endings[0] ?? (relative.length === 0 ? ".ts" : ""),
  };
}

/** In the order of paths where the file has one: behind the last import that comes before, relative ones after packages. */
function importInsertion(ts: Ts, source: SourceFile, path: string, line: string): Insertion {
  const imports = importsOf(ts, source);
  const pathOf = ({ moduleSpecifier }: ImportDeclaration): string =>
    ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
  const before = imports.findLast((each) => pathOf(each).startsWith(".") && pathOf(each) <= path);
  const firstRelative = imports.findIndex((each) => pathOf(each).startsWith("."));
  const packages = firstRelative < 0 ? imports : imports.slice(0, firstRelative);
  const after = before ?? packages.at(-1);
  const { eol } = linesOf(source);
  if (after !== undefined) return behind(ts, source, after, `${eol}${line}`, eol);
  const first = imports[0];
  if (first !== undefined) return { at: first.getStart(source), text: `${line}${eol}` };
  const shebang = ts.getShebang(source.text);
  return shebang === undefined
    ? { at: 0, text: `${line}${eol}${eol}` }
    : { at: shebang.length, text: `${eol}${line}` };
}

function callInsertion(
  ts: Ts,
  source: SourceFile,
  { block, after }: RegistrationPlace,
  line: string,
): Insertion {
  const { eol, unit, indentAt, startsLine } = linesOf(source);
  if (after === undefined) {
    const outer = indentAt(block.getStart(source));
    const at = ts.isSourceFile(block) ? block.getEnd() : block.getStart(source) + 1;
    const rest = /^[ \t]*(\r?\n|$)/.test(source.text.slice(at)) ? "" : `${eol}${outer}`;
    return { at, text: `${eol}${outer}${ts.isSourceFile(block) ? "" : unit}${line}${rest}` };
  }
  const start = after.getStart(source);
  const indent = indentAt(start);
  const sharesLine =
    !startsLine(start) && after.getText(source).endsWith(";") && !endsWithLineComment(ts, source, after);
  const gap = sharesLine ? " " : `${eol}${indent}`;
  return behind(ts, source, after, `${gap}${line}`, `${eol}${indent}`);
}

/** Behind a statement and the comments on its line; what else is on that line moves to one of its own. */
function behind(ts: Ts, source: SourceFile, node: Node, text: string, gap: string): Insertion {
  const at = ts.getTrailingCommentRanges(source.text, node.end)?.at(-1)?.end ?? node.end;
  const rest = source.text.slice(at);
  const followed = !/^[ \t]*(?:\r?\n|$)/.test(rest) && text.startsWith(gap.slice(0, 1));
  return { at, text: followed ? `${text}${gap}` : text };
}

function endsWithLineComment(ts: Ts, source: SourceFile, node: Node): boolean {
  const comment = ts.getTrailingCommentRanges(source.text, node.end)?.at(-1);
  return comment?.kind === ts.SyntaxKind.SingleLineCommentTrivia;
}

function linesOf({ text }: SourceFile) {
  const lineStart = (at: number): number => text.lastIndexOf("\n", at - 1) + 1;
  const indentAt = (at: number): string => /^[ \t]*/.exec(text.slice(lineStart(at)))?.[0] ?? "";
  return {
    eol: text.includes("\r\n") ? "\r\n" : "\n",
    unit: /^(\t| {2,8})\S/m.exec(text)?.[1] ?? "  ",
    indentAt,
    startsLine: (at: number): boolean => text.slice(lineStart(at), at).trim() === "",
  };
}

function importsOf(ts: Ts, source: SourceFile): readonly ImportDeclaration[] {
  return source.statements.filter((statement) => ts.isImportDeclaration(statement));
}

function apply(text: string, insertions: readonly Insertion[]): string {
  return insertions
    .toSorted((a, b) => b.at - a.at)
    .reduce((edited, { at, text: added }) => `${edited.slice(0, at)}${added}${edited.slice(at)}`, text);
}

/** The same program and the two statements, and nothing that has come to mean something else. */
function isAsIntended(ts: Ts, before: SourceFile, edited: string, lines: readonly string[]): boolean {
  if (syntaxErrorLine(ts, edited) !== undefined) return false;
  const after = parse(ts, before.fileName, edited);
  const added = new Map<string, Node>();
  const find = (node: Node): void => {
    const text = ts.isStatement(node) ? node.getText(after) : "";
    if (lines.includes(text)) added.set(text, node);
    ts.forEachChild(node, find);
  };
  find(after);
  return added.size === lines.length && outline(ts, after, [...added.values()]) === outline(ts, before, []);
}

/** The tree as text, without some of its nodes. */
function outline(ts: Ts, source: SourceFile, without: readonly Node[]): string {
  const parts: string[] = [];
  const visit = (node: Node): void => {
    if (without.includes(node)) return;
    parts.push(`(${node.kind}`, ts.isToken(node) ? node.getText(source) : "");
    ts.forEachChild(node, visit);
    parts.push(")");
  };
  visit(source);
  return parts.join("\n");
}

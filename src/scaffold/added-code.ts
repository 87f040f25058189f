/** The code of a new tool, resource or prompt: short, typed, and with an answer of its own to begin with. */
import type { AddedNames } from "./added-names.ts";
import type { ResourceUri } from "./resource-uri.ts";
import type { SessionFacts } from "./session-facts.ts";
import type { SessionType } from "./session-type.ts";

export type AddedCode = {
  readonly names: AddedNames;
  /** Undefined where nobody has said yet what it does. */
  readonly description: string | undefined;
  /** Undefined where the project's sessions have no type of their own. */
  readonly type: SessionType | undefined;
  /** Undefined where nothing is found that says who calls. */
  readonly session: SessionFacts | undefined;
  /** Only for callers with this role. */
  readonly role: string | undefined;
  /** What follows the name of a file in an import: ".ts". */
  readonly ending: string;
};

/** What a new file has at its top level itself, so that nothing in it can be exported under that name. */
export const ownNames: readonly string[] = ["z", "parameters", "requireUser", "requireRole"];

/** @param counted whether calls are counted in `SessionStates`, as the template's tools do. */
export function toolCode(code: AddedCode, counted: boolean): string {
  const { names, description, session, role, ending } = code;
  const chosenBy =
    "// A model chooses the tool by this: say what it does, when to use it, and what it answers with.";
  const type = `Tool<${sessionType(code)}, typeof parameters>`;
  const answer = session?.hasUser === true ? "JSON.stringify({ user, text })" : "JSON.stringify({ text })";
  const members = [
    `name: ${quoted(names.mcp)},`,
    ...(description === undefined ? [chosenBy] : []),
    `description: ${quoted(describe(code))},`,
    "parameters,",
    "// What clients may expect of a call: they ask before one that may change something.",
    `annotations: { title: ${quoted(names.title)}, readOnlyHint: true, openWorldHint: false },`,
    ...(role === undefined
      ? []
      : [
          "// Hides the tool from everybody else, but only over HTTP: over stdio FastMCP does not ask. So `execute` looks as well.",
          `canAccess: (session) => session.role === ${quoted(role)},`,
        ]),
    ...(session === undefined
      ? ["execute: ({ text }) => Promise.resolve(text),"]
      : counted
        ? [
            "execute: async ({ text }, context) => {",
            `  ${identify(code, "context.session")}`,
            `  await states.enter(context, ${quoted(names.mcp)});`,
            `  return ${answer};`,
            "},",
          ]
        : [
            "execute: ({ text }, context) => {",
            `  ${identify(code, "context.session")}`,
            `  return Promise.resolve(${answer});`,
            "},",
          ]),
  ];
  return text([
    typeImport(code, "Tool"),
    'import { z } from "zod";',
    ...(counted ? [`import type { SessionStates } from "../session-states${ending}";`] : []),
    ...sessionImport(code),
    "",
    "const parameters = z.object({",
    '  text: z.string().min(1).max(200).describe("What to answer with"),',
    "});",
    "",
    ...(counted
      ? [
          `export function ${names.exported}(states: SessionStates): ${type} {`,
          "  return {",
          ...members.map((line) => `    ${line}`),
          "  };",
          "}",
        ]
      : [`export const ${names.exported}: ${type} = {`, ...members.map((line) => `  ${line}`), "};"]),
  ]);
}

export function resourceCode(code: AddedCode, uri: ResourceUri): string {
  const { names, session } = code;
  const isTemplate = uri.args.length > 0;
  const members = uri.args.map((name) => `{ name: ${quoted(name)}; description: string; required: true }`);
  const given = uri.args.map(
    (name) => `{ name: ${quoted(name)}, description: ${quoted(`Which ${name}`)}, required: true }`,
  );
  const type = isTemplate ? "ResourceTemplate" : "Resource";
  const parameters = [...(isTemplate ? ["args"] : []), ...(session === undefined ? [] : ["session"])];
  return text([
    typeImport(code, type),
    ...sessionImport(code),
    "",
    ...(isTemplate ? [`type Arguments = [${members.join(", ")}];`, ""] : []),
    `export const ${names.exported}: ${type}<${sessionType(code)}${isTemplate ? ", Arguments" : ""}> = {`,
    `  ${isTemplate ? "uriTemplate" : "uri"}: ${quoted(uri.text)},`,
    `  name: ${quoted(names.title)},`,
    `  description: ${quoted(describe(code))},`,
    '  mimeType: "application/json",',
    ...(isTemplate ? [`  arguments: [${given.join(", ")}],`] : []),
    ...load(code, parameters, `{ text: JSON.stringify(${resourceValue(code, isTemplate)}) }`),
    "};",
  ]);
}

function resourceValue({ names, session }: AddedCode, isTemplate: boolean): string {
  if (session?.hasUser === true) return isTemplate ? "{ ...args, readBy: user }" : "{ readBy: user }";
  return isTemplate ? "args" : `{ name: ${quoted(names.title)} }`;
}

export function promptCode(code: AddedCode): string {
  const { names, session } = code;
  const user = session?.hasUser === true ? "The user is ${user}. " : "";
  return text([
    typeImport(code, "InputPrompt"),
    ...sessionImport(code),
    "",
    'type Arguments = [{ name: "topic"; description: string; required: true }];',
    "",
    `export const ${names.exported}: InputPrompt<${sessionType(code)}, Arguments> = {`,
    `  name: ${quoted(names.mcp)},`,
    `  description: ${quoted(describe(code))},`,
    '  arguments: [{ name: "topic", description: "What it is about", required: true }],',
    ...load(
      code,
      ["{ topic }", ...(session === undefined ? [] : ["session"])],
      `\`${user}The topic is \${topic}.\``,
    ),
    "};",
  ]);
}

function load(code: AddedCode, parameters: readonly string[], result: string): readonly string[] {
  const head = `  load: (${parameters.join(", ")}) =>`;
  if (code.session === undefined) return [`${head} Promise.resolve(${result}),`];
  return [`${head} {`, `    ${identify(code, "session")}`, `    return Promise.resolve(${result});`, "  },"];
}

function identify({ session, role }: AddedCode, from: string): string {
  const call = role === undefined ? `requireUser(${from})` : `requireRole(${from}, ${quoted(role)})`;
  return session?.hasUser === true ? `const { user } = ${call};` : `${call};`;
}

function typeImport(code: AddedCode, imported: string): string {
  return `import type { ${code.type === undefined ? "FastMCPSessionAuth, " : ""}${imported} } from "fastmcp";`;
}

function sessionImport({ type, session, role }: AddedCode): readonly string[] {
  if (type === undefined) return [];
  const from = quoted(type.from);
  if (session === undefined) return [`import type { ${type.name} } from ${from};`];
  const check = role === undefined ? "requireUser" : "requireRole";
  return [`import { ${check}, type ${type.name} } from ${from};`];
}

function sessionType({ type }: AddedCode): string {
  return type?.name ?? "FastMCPSessionAuth";
}

export function describe({ names, description }: Pick<AddedCode, "names" | "description">): string {
  return description ?? `${names.title}.`;
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

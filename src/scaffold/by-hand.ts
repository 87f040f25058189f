/** What is said where `mcp add` cannot do its work: what was not found, and what to write by hand. */
import { CliError } from "../cli-error.ts";
import type { AddedKind } from "./added-names.ts";
import type { Ts } from "./typescript-api.ts";

type Sources = ReadonlyMap<string, string>;

export type Missing = {
  readonly kind: AddedKind;
  /** Files in which a place was looked for. */
  readonly looked: readonly string[];
  readonly offered: string;
  readonly description: string;
};

export function noPlace(sources: Sources, { kind, looked, offered, description }: Missing): CliError {
  const present = looked.filter((file) => sources.has(file));
  const what =
    present.length === 0
      ? `neither ${looked.join(" nor ")} is there, where create-fastmcp's projects list their ${kind}s`
      : `no place for a ${kind} is found in ${present.join(" and ")}`;
  const made = serverMade(sources);
  const where =
    made === undefined ? "where your server is made" : `behind the server of ${made.file}:${made.line}`;
  const code = inline(kind, made?.name ?? "server", offered, description);
  return new CliError(what, {
    hint: [`nothing was written; by hand, ${where}:`, ...code].join("\n        "),
  });
}

function inline(kind: AddedKind, server: string, name: string, description: string): readonly string[] {
  const common = [`  name: ${JSON.stringify(name)},`, `  description: ${JSON.stringify(description)},`];
  const members = {
    tool: [
      ...common,
      "  parameters: z.object({ text: z.string() }),",
      "  execute: ({ text }) => Promise.resolve(text),",
    ],
    resource: [
      `  uri: ${JSON.stringify(`app://${name}`)},`,
      ...common,
      '  load: () => Promise.resolve({ text: "…" }),',
    ],
    prompt: [
      ...common,
      '  arguments: [{ name: "topic", required: true }],',
      "  load: ({ topic }) => Promise.resolve(`The topic is ${topic}.`),",
    ],
  };
  const method = { tool: "addTool", resource: "addResource", prompt: "addPrompt" }[kind];
  return [`${server}.${method}({`, ...members[kind], "});"];
}

type Made = { readonly file: string; readonly line: number; readonly name: string };

/** For a person to look at: where it says so at all. */
function serverMade(sources: Sources): Made | undefined {
  for (const [file, text] of sources) {
    const [upToName, name] = /^[^]*?\b(?:const|let|var)\s+(\w+)[^=;]*=\s*new FastMCP\b/.exec(text) ?? [];
    if (upToName !== undefined && name !== undefined) {
      return { file, line: upToName.split("\n").length, name };
    }
  }
  return undefined;
}

export function noTest(what: string): CliError {
  return new CliError(what, { hint: "nothing was written; --no-test leaves the test out" });
}

/** Whether a file exports a function `createServer` that gives a server at once, and needs no arguments. */
export function canMakeServer(ts: Ts, text: string | undefined): boolean {
  if (text === undefined) return false;
  const { statements } = ts.createSourceFile("create-server.ts", text, ts.ScriptTarget.Latest);
  return statements.some((statement) => {
    if (!ts.isFunctionDeclaration(statement) || statement.name?.text !== "createServer") return false;
    const kinds = (statement.modifiers ?? []).map(({ kind }) => kind);
    return (
      kinds.includes(ts.SyntaxKind.ExportKeyword) &&
      !kinds.includes(ts.SyntaxKind.AsyncKeyword) &&
      statement.parameters.every(
        ({ questionToken, initializer }) => questionToken !== undefined || initializer !== undefined,
      )
    );
  });
}

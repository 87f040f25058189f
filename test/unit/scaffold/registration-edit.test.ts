/** Registration in code that people have made their own: found by its syntax, changed by nothing but two lines. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { format } from "prettier";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { editRegistration, type Registration } from "../../../src/scaffold/registration-edit.ts";

const templates = join(import.meta.dirname, "../../../templates");
const toolList = readFileSync(join(templates, "session/roots/src/tools/index.ts"), "utf8");
const minimal = readFileSync(join(templates, "minimal/base/src/create-server.ts"), "utf8");

function registration(exported: string, method: Registration["method"] = "addTool"): Registration {
  return { method, exported, from: `./${exported}`, argument: () => exported };
}

function edit(text: string, exported = "forecast", method?: Registration["method"]): string {
  const outcome = editRegistration(ts, "index.ts", text, registration(exported, method));
  return outcome.kind === "edited" ? outcome.text : outcome.kind;
}

/** A list as somebody else would have it. */
const list = (body: string, head = 'import type { FastMCP } from "fastmcp";'): string =>
  `${head}\n\nexport function addTools(server: FastMCP) {${body}}\n`;

const importLine = 'import { forecast } from "./forecast.ts";';

describe("the place", () => {
  test("is behind the last of its kind, and the import where the order of paths has it", () => {
    const edited = edit(toolList);
    expect(edited).toContain(`"./forget-actions.ts";\n`);
    expect(edited).toContain(`from "../session.ts";\n${importLine}\nimport { forgetActions }`);
    expect(edited).toContain("new ConnectedSessions(server)));\n  server.addTool(forecast);\n}");
  });

  test("is where the server is made, if there is no list", () => {
    const edited = edit(minimal);
    expect(edited).toContain(`import { z } from "zod";\n${importLine}\n`);
    expect(edited).toContain("  });\n  server.addTool(forecast);\n  return server;");
    expect(edit(minimal, "forecast", "addPrompt")).toContain(
      "  });\n  server.addPrompt(forecast);\n  return server;",
    );
  });

  test.each([
    ["an empty list", list(""), "{\n  server.addTool(forecast);\n}"],
    ["a comment only", list("\n  // none yet\n"), "{\n  server.addTool(forecast);\n  // none yet"],
    ["a return", list("\n  if (x) return;\n  return;\n"), "return;\n  server.addTool(forecast);\n  return;"],
    ["one line", list(" server.addTool(a); "), "{ server.addTool(a); server.addTool(forecast); }"],
    [
      "one line, no semicolon",
      list(" server.addTool(a) "),
      "{ server.addTool(a)\nserver.addTool(forecast);\n }",
    ],
    [
      "a comment behind",
      list("\n\tserver.addTool(a); // first\n\tdone();\n"),
      "// first\n\tserver.addTool(forecast);\n\tdone",
    ],
    ["many at once", list("\n  server.addTools([a, b]);\n"), "b]);\n  server.addTool(forecast);\n"],
    ["a condition", list("\n  if (x) server.addTool(a);\n"), "addTool(a);\n  server.addTool(forecast);\n}"],
    [
      "a loop",
      list("\n  for (const a of all) server.addTool(a);\n"),
      "addTool(a);\n  server.addTool(forecast);\n}",
    ],
    [
      "an arrow function with another name",
      'import type { FastMCP } from "fastmcp";\nexport const register = (mcp: FastMCP): void => {\n    mcp.addTool(a);\n};\n',
      "    mcp.addTool(a);\n    mcp.addTool(forecast);\n};",
    ],
    [
      "a type of its own",
      'import type { Server } from "./types.js";\nexport function tools(s: Server) {\n  s.addTool(a);\n}\n',
      "  s.addTool(a);\n  s.addTool(forecast);\n}",
    ],
  ])("%s", (_, text, part) => {
    expect(edit(text)).toContain(part);
  });

  test.each([
    ['import data from "./data.json" with { type: "json" };\nimport { a } from "./a.js";', "./forecast.js"],
    ['import "./page.css";\nimport { a } from "./a";', "./forecast"],
    ['import data from "./data.json" with { type: "json" };', "./forecast.ts"],
    ['import { a } from "./a.service";', "./forecast"],
  ])("the import ends as those of code do: %s", (head, from) => {
    expect(edit(list("", head))).toContain(`from "${from}";`);
  });

  test("the first import comes behind a line for the shell", () => {
    const body = "export function tools(s) {\n  s.addTool(a);\n}\n";
    expect(edit(body)).toMatch(`${importLine}\n\nexport`);
    expect(edit(`#!/usr/bin/env node\n${body}`)).toMatch(`#!/usr/bin/env node\n${importLine}\nexport`);
  });

  test("a semicolon comes where what follows would be taken for a part of it", () => {
    const text = list("\n  server.addTool(a)\n  ;[1].map(b)\n", "import type { FastMCP } from 'fastmcp'");
    const edited = edit(text);
    expect(edited).toContain("server.addTool(forecast);\n");
    expect(edited).toContain("[1].map(b)");
  });

  test.each([
    ["nothing that is a server", "export const tools = [];\n"],
    ["two servers", "const a = new FastMCP({});\nconst b = new FastMCP({});\n"],
    ["two lists", `${list("\n  server.addTool(a);\n")}${list("\n  server.addTool(b);\n", "")}`],
    ["only an expression", 'import { FastMCP } from "fastmcp";\nexport default new FastMCP({});\n'],
  ])("is not guessed: %s", (_, text) => {
    expect(edit(text)).toBe("noPlace");
  });

  test("a name that is in use, and code that is broken, are said", () => {
    expect(edit(list("\n  const forecast = 1;\n  server.addTool(a(forecast));\n"))).toBe("nameTaken");
    expect(edit(list("\n  server.addTool(a.forecast);\n"))).toContain("server.addTool(forecast);");
    expect(editRegistration(ts, "i.ts", list("\n  server.addTool(;\n"), registration("x"))).toEqual({
      ...{ kind: "syntaxError", line: 4 },
    });
  });

  test.each([
    ['import { a } from "./a.js";', '"./forecast.js"'],
    ['import { a } from "./a";', '"./forecast"'],
    ["import { a } from './a.ts';", "'./forecast.ts'"],
  ])("imports as the others do: %s", (head, path) => {
    expect(edit(list("\n  server.addTool(a);\n", head))).toContain(path);
  });
});

const styles = fc.record({
  semi: fc.boolean(),
  singleQuote: fc.boolean(),
  useTabs: fc.boolean(),
  tabWidth: fc.constantFrom(2, 3, 4),
  printWidth: fc.constantFrom(20, 60, 110),
  endOfLine: fc.constantFrom("lf" as const, "crlf" as const),
});
const identifier = fc.stringMatching(/^x[a-z]{1,8}$/);
/** Comments between statements, where people write them. */
const comments = fc.constantFrom("", "// note\n", "/* note */\n", "\n\n", "/** @see x */\n");

test(
  "whatever the style, all is as it was but for one import and one registration each, which work",
  { timeout: 30_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(toolList, minimal),
        styles,
        comments,
        fc.uniqueArray(identifier, { minLength: 1, maxLength: 4 }),
        async (source, style, comment, names) => {
          const remarked = source.replaceAll(/^(?=import| {2}server\.addTool)/gm, comment);
          const before = await format(remarked, { parser: "typescript", ...style });
          const after = names.reduce((text, name) => edit(text, name), before);
          expect(withoutLines(after, names)).toBe(before);
          if (style.endOfLine === "crlf") expect(after).not.toMatch(/[^\r]\n/);
          const { statements } = ts.createSourceFile("i.ts", after, ts.ScriptTarget.Latest);
          const imported = statements.filter((each) => ts.isImportDeclaration(each));
          expect(imported.length).toBe((before.match(/^import/gm) ?? []).length + names.length);
          // Prettier sees nothing to change in what it had laid out before.
          if (
            comment === "" &&
            style.printWidth > 60 &&
            !(style.endOfLine === "crlf" && source === minimal)
          ) {
            expect(await format(after, { parser: "typescript", ...style })).toBe(after);
          }
        },
      ),
      { numRuns: 15 },
    );
  },
);

/** Takes the lines out again that name one of these. */
function withoutLines(text: string, names: readonly string[]): string {
  const own = new RegExp(
    `^\\s*(?:import \\{ (?:${names.join("|")}) \\}|server\\.addTool\\((?:${names.join("|")})\\))`,
  );
  return text
    .split(/(?<=\n)/)
    .filter((line) => !own.test(line))
    .join("");
}

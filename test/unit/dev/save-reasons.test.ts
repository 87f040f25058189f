import { expect, test } from "vitest";
import { SaveReasons } from "../../../src/dev/save-reasons.ts";

function reasonsOf(project: string): SaveReasons {
  const globs = { environmentFiles: [], watchGlobs: [], ignoreGlobs: [] };
  return new SaveReasons({ project, entryFile: `${project}/src/server.ts`, ...globs });
}

test.for([
  ["/home/me/.mcp/server", "src/tool.ts", true],
  ["/home/me/.mcp/server", "lib/imported.ts", true],
  ["/home/me/.mcp/server", "../shared/imported.ts", true],
  ["/home/me/.mcp/server", ".mcp/imported.ts", false],
  ["/home/me/.mcp/server", "src/node_modules/imported.ts", false],
  ["/home/me/node_modules/server", "src/tool.ts", true],
  ["/home/me/server", "src/.git/tool.ts", false],
  ["/home/me/server", "../node_modules/other/imported.ts", false],
  ["/home/me/server", "../.mcp/other/imported.ts", false],
  ["/home/me/server", "../other/imported.ts", true],
] as const)("in %s, a save of %s: %s", ([project, file, isReason]) => {
  const reasons = reasonsOf(project);
  const path = new URL(file, `file://${project}/`).pathname;
  if (file.endsWith("imported.ts")) reasons.addImported([path]);
  expect(reasons.isReason(path)).toBe(isReason);
});

test.for([
  ["src/db.json", ["src/db.json"]],
  ["src/output-12.md", ["src/output-12.md", "src/output-*.md"]],
  ["src/note-fdabacaf-1c.txt", ["src/note-fdabacaf-1c.txt", "src/note-*.txt"]],
  ["src/data/todos.json", ["src/data/todos.json", "src/data/**"]],
  ["src/data/2026/11/a.json", ["src/data/2026/11/a.json", "src/data/**"]],
  ["src/tools/cache.json", ["src/tools/cache.json"]],
  ["src/tools/cache/a.json", ["src/tools/cache/a.json", "src/tools/cache/**"]],
  ["src/step2.ts", ["src/step2.ts"]],
  ["src/data/more.js", ["src/data/more.js"]],
  ["src/tools/imported.json", []],
  ["src/asked.json", []],
  ["src/.env", []],
  ["package.json", []],
  ["elsewhere.json", []],
] as const)("as the server's data, %s is called %j", ([file, globs]) => {
  const project = "/home/me/server";
  const reasons = new SaveReasons({
    project,
    entryFile: `${project}/src/server.ts`,
    environmentFiles: [`${project}/src/.env`],
    watchGlobs: ["src/asked.json"],
    ignoreGlobs: [],
  });
  reasons.addImported([`${project}/src/server.ts`, `${project}/src/tools/imported.json`]);
  expect(reasons.dataGlobs(`${project}/${file}`)).toEqual(globs);
});

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

/** What a child tells the supervisor of its imports, as its hooks have seen them. */
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { observeImports, reportImports, reportImportsNow } from "../../../src/child/imports.ts";
import { warmFilesOf, type FromChild } from "../../../src/child/messages.ts";
import type { Resolved } from "../../../src/child/module-hooks.ts";

const seen = vi.hoisted(() => ({
  reports: [] as FromChild[],
  onImport: undefined as ((found: Resolved) => void) | undefined,
}));
vi.mock("../../../src/child/channel.ts", () => ({
  report: (message: FromChild) => seen.reports.push(message),
}));
vi.mock("../../../src/child/sync-hooks.ts", () => ({
  registerSyncHooks: (onImport: (found: Resolved) => void) => {
    seen.onImport = onImport;
    return true;
  },
}));

const parentUrl = "file:///p/src/server.ts";
const zod = {
  url: "file:///p/node_modules/zod/index.js",
  isPackage: true,
  format: "module",
  name: { specifier: "zod", parentUrl },
};
const own = (url: string): Resolved => ({
  url,
  isPackage: false,
  format: "module",
  name: undefined,
  isLoaded: true,
});

test("only what the server itself imports is told: not what warms up, before it runs or while it does", () => {
  observeImports();
  seen.onImport?.(own("file:///p/src/before.ts"));
  reportImports();
  for (const file of warmFilesOf("/tmp", process.pid)) seen.onImport?.(own(pathToFileURL(file).href));
  seen.onImport?.(own(parentUrl));
  // Known to the loader before; its name is of use, to import it would be of none.
  seen.onImport?.({ ...zod, isLoaded: false });
  seen.onImport?.({ ...zod, isLoaded: false });
  reportImportsNow();
  const told = seen.reports.filter((message) => message.type === "imported");
  expect(told).toMatchObject([{ modules: [parentUrl], packages: [], names: [zod.name] }]);
  expect(told[0]?.files).toContain("/p/src/server.ts");
  expect(told[0]?.files.filter((file) => /mcp-dev-\d|before/.test(file))).toEqual([]);
});

import { expect, test } from "vitest";
import { missingFiles } from "../../../src/dev/missing-files.ts";

test.each([
  ["Cannot find module '/p/lib/later.ts' imported from /p/lib/index.ts", "/p/lib/later.ts"],
  ["Cannot find module '/p/lib/later.js' imported from /p/lib/index.ts", "/p/lib/later.ts"],
  ["Cannot find module '/p/lib/later' imported from /p/lib/index.ts", "/p/lib/later.ts"],
  ["Cannot find module '/p/lib/later' imported from /p/lib/index.ts", "/p/lib/later/index.js"],
  ["Cannot find module '/p/lib/word.json' imported from /p/lib/index.ts", "/p/lib/word.json"],
  ["Cannot find module '../later'\nRequire stack:\n- /p/lib/index.ts\n- /p/server.ts", "/p/later.ts"],
])("after %j a start may succeed with %s", (message, file) => {
  expect(missingFiles(message)).toContain(file);
});

test.each([
  "Cannot find module 'zod'\nRequire stack:\n- /p/server.ts",
  "Cannot find package 'zod' imported from /p/server.ts",
  "later is not defined",
])("not after %j", (message) => {
  expect(missingFiles(message)).toEqual([]);
});

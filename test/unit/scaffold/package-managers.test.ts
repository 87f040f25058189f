/** Package managers: told from the user agent's first token, each with its own words. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  packageManagerOf,
  packageManagers,
  scriptCommand,
  versionIn,
} from "../../../src/scaffold/package-managers.ts";

test.each([
  ["npm/11.1.0 node/v20.19.0 linux x64 workspaces/false", "npm"],
  ["pnpm/10.1.0 npm/? node/v22.0.0 linux x64", "pnpm"],
  ["yarn/1.22.22 npm/? node/v20.19.0 linux x64", "yarn"],
  ["bun/1.2.0 npm/? node/v22.6.0 linux x64", "bun"],
  ["cnpm/9.0.0 npm/? node/v20", "npm"],
  ["", "npm"],
  [undefined, "npm"],
])("%s is %s", (userAgent, manager) => {
  expect(packageManagerOf(userAgent)).toBe(manager);
});

test("a manager's version is told by its own user agent only", () => {
  expect(versionIn("pnpm/10.1.0 npm/? node/v22.0.0 linux x64", "pnpm")).toBe("10.1.0");
  expect(versionIn("pnpm/10.1.0 npm/? node/v22.0.0 linux x64", "yarn")).toBeUndefined();
  expect(versionIn(undefined, "npm")).toBeUndefined();
});

test("any user agent gives a known package manager", () => {
  fc.assert(fc.property(fc.string(), (userAgent) => packageManagers.includes(packageManagerOf(userAgent))));
});

test("scripts are run as people type them", () => {
  expect(packageManagers.map((manager) => scriptCommand(manager, "test"))).toEqual([
    "npm test",
    "pnpm test",
    "yarn test",
    "bun run test",
  ]);
  expect(scriptCommand("npm", "dev")).toBe("npm run dev");
});

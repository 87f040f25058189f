/** Options: what is refused, and how. */
import { expect, test } from "vitest";
import type { CliError } from "../../../src/cli-error.ts";
import { cliSource } from "../../../src/scaffold/cli-source.ts";
import { startedAs, wholeCommand } from "../../../src/scaffold/invocation.ts";
import { readOptions } from "../../../src/scaffold/options.ts";
import { fillEnv, newTokens } from "../../../src/scaffold/tokens.ts";

test.each([
  [{ auth: "jwt" }, /--auth jwt does not exist yet/],
  [{ state: "redis" }, /--state redis does not exist yet/],
  [{ verify: true }, /--verify does not exist yet/],
  [{ transport: "sse" }, /--transport cannot be "sse"/],
  [{ pm: "npn" }, /--pm cannot be "npn"/],
])("%j is wrong usage", (given, message) => {
  expect(() => readOptions(given)).toThrow(message);
  expect(() => readOptions(given)).toThrow(expect.objectContaining({ exitCode: 2 }) as CliError);
});

test("defaults", () => {
  expect(readOptions({ auth: "token", state: "memory" })).toMatchObject({
    template: "session",
    transport: undefined,
    roots: undefined,
    install: true,
    git: true,
  });
});

test("the new project gets this package from where it came", () => {
  const installed = { folder: "/x/node_modules/create-fastmcp", version: "1.2.3", checkout: false };
  const checkout = { ...installed, folder: "/home/me/create-fastmcp", checkout: true };
  expect(cliSource(installed, "npm", undefined)).toBe("^1.2.3");
  expect(cliSource(checkout, "npm", undefined)).toBe("file:/home/me/create-fastmcp");
  expect(cliSource(checkout, "pnpm", undefined)).toBe("link:/home/me/create-fastmcp");
  expect(cliSource(checkout, "npm", "file:../x.tgz")).toBe("file:../x.tgz");
});

test("the whole command is what the person would type", () => {
  const npm = startedAs("create-fastmcp", "npm", { npm_config_user_agent: "npm/11" });
  expect(wholeCommand(npm, "my-server", ["--no-git"])).toBe(
    "npm create fastmcp@latest my-server -- --no-git",
  );
  expect(wholeCommand(startedAs("mcp create", "npm", {}), "it's", [])).toBe("mcp create 'it'\\''s'");
});

test("tokens are different each time, and fill the example", () => {
  const [one, other] = [newTokens(), newTokens()];
  expect(new Set([one.admin, one.user, other.admin, other.user]).size).toBe(4);
  expect(fillEnv("MCP_USER_TOKEN=\nOTHER=\n", one)).toBe(`MCP_USER_TOKEN=${one.user}\nOTHER=\n`);
});

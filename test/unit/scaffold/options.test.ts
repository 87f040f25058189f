/** Options: what is refused, and how. */
import { expect, test } from "vitest";
import type { CliError } from "../../../src/cli-error.ts";
import { templateNamed } from "../../../src/scaffold/catalogue.ts";
import { cliSource } from "../../../src/scaffold/cli-source.ts";
import { allFlags, startedAs, wholeCommand } from "../../../src/scaffold/invocation.ts";
import { readOptions, templateOptions } from "../../../src/scaffold/options.ts";

test.each([
  [{ auth: "magic" }, /--auth cannot be "magic"/],
  [{ state: "disk" }, /--state cannot be "disk"/],
  [{ verify: true, install: false }, /--verify needs what --no-install leaves out/],
  [{ transport: "sse" }, /--transport cannot be "sse"/],
  [{ pm: "npn" }, /--pm cannot be "npn"/],
])("%j is wrong usage", (given, message) => {
  expect(() => readOptions(given)).toThrow(message);
  expect(() => readOptions(given)).toThrow(expect.objectContaining({ exitCode: 2 }) as CliError);
});

test("defaults", () => {
  expect(readOptions({ auth: "token", state: "memory" })).toMatchObject({
    template: undefined,
    transport: undefined,
    roots: undefined,
    install: true,
    git: true,
  });
});

test("a template is made with its defaults where nothing was given, and refuses what it does not have", () => {
  const nothing = { transport: undefined, auth: undefined, state: undefined, roots: undefined };
  const session = templateNamed("session");
  expect(templateOptions(session, nothing)).toEqual({
    ...{ transport: "http", auth: "token", state: "memory", roots: true },
  });
  expect(templateOptions(session, { ...nothing, auth: "jwt" }).auth).toBe("jwt");
  const minimal = templateNamed("minimal");
  expect(templateOptions(minimal, { ...nothing, transport: "stdio" }).transport).toBe("stdio");
  expect(() => templateOptions(minimal, { ...nothing, auth: "jwt" })).toThrow(/"minimal" has no --auth/);
  expect(() => templateOptions(minimal, { ...nothing, state: "redis" })).toThrow(/has no --state/);
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
  const npm = startedAs("create-fastmcp", { npm_config_user_agent: "npm/11" });
  expect(wholeCommand(npm, "my-server", ["--no-git"])).toBe(
    "npm create fastmcp@latest my-server -- --no-git",
  );
  expect(wholeCommand(startedAs("mcp create", {}), "it's", [])).toBe("mcp create 'it'\\''s'");
});

test("every choice is in the flags that make the same project, and read again gives it", () => {
  const session = templateNamed("session");
  const options = readOptions({ pm: "bun", git: false });
  const made = { transport: "stdio", auth: "jwt", state: "redis", roots: false } as const;
  expect(allFlags(session, made, options).join(" ")).toBe(
    "--template session --transport stdio --auth jwt --state redis --no-roots --pm bun --no-git --yes",
  );
  const minimal = templateNamed("minimal");
  expect(allFlags(minimal, minimal.defaults, readOptions({})).join(" ")).toBe(
    "--template minimal --transport http --yes",
  );
});

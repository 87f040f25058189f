/** Flags that npm kept for itself come back, and no others. */
import { expect, test } from "vitest";
import { recoverSwallowedFlags } from "../../../src/scaffold/swallowed-flags.ts";

const exec = { npm_command: "exec" };

test.each([
  ["a value after =", ["x"], { npm_config_transport: "stdio" }, ["x", "--transport=stdio"]],
  ["a value after a space", ["x", "stdio"], { npm_config_transport: "true" }, ["x", "--transport=stdio"]],
  ["a negation", ["x"], { npm_config_roots: "", npm_config_git: "false" }, ["x", "--no-roots", "--no-git"]],
  ["a switch", ["x"], { npm_config_dry_run: "true" }, ["x", "--dry-run"]],
  ["nothing", ["x"], { npm_config_git: "git", npm_config_force: "true", npm_config_yes: "true" }, ["x"]],
  [
    "what was given twice, once",
    ["x", "--transport=http"],
    { npm_config_transport: "stdio" },
    ["x", "--transport=http"],
  ],
  [
    "several values after spaces",
    ["x", "redis", "minimal", "file:a.tgz"],
    { npm_config_cli: "true", npm_config_template: "true", npm_config_state: "true" },
    ["x", "--template=minimal", "--state=redis", "--cli=file:a.tgz"],
  ],
  [
    "a value before the directory",
    ["stdio", "x"],
    { npm_config_transport: "true" },
    ["x", "--transport=stdio"],
  ],
  [
    "a directory that is named like a value",
    ["minimal", "session"],
    { npm_config_template: "true" },
    ["minimal", "--template=session"],
  ],
  ["a word that is no value", ["x", "y"], { npm_config_template: "true" }, ["x", "y"]],
  [
    "--pm, which is -p -m to npm",
    ["x"],
    { npm_config_parseable: "true", npm_config_message: "pnpm" },
    ["x", "--pm=pnpm"],
  ],
  ["npm's own message", ["x"], { npm_config_parseable: "true", npm_config_message: "v%s" }, ["x"]],
])("%s", (_, args, env, expected) => {
  expect(recoverSwallowedFlags(args, { ...exec, ...env }).args).toEqual(expected);
});

test("outside npm create nothing is taken from the environment", () => {
  const env = { npm_command: "run-script", npm_config_transport: "stdio" };
  expect(recoverSwallowedFlags(["x"], env)).toEqual({ args: ["x"], flags: [], variables: [] });
});

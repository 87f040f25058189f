/** Grows a created project as its user would: ten additions of all kinds, in several spellings. */
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { root } from "./create-cli.ts";

const longName = "a-name-so-long-that-a-line-with-it-has-to-be-broken-somewhere";

const additions = [
  ["tool", "get-forecast"],
  ["tool", "closeShop"],
  ["tool", longName],
  ["resource", "tide_table"],
  ["resource", "order", "--uri", "shop://orders/{id}/{line}"],
  ["resource", longName, "--no-test"],
  ["prompt", "weather", "report"],
  ["prompt", "get-forecast", "--description", 'Say "rain", or don\'t.'],
];
const forPlain = [...additions, ["tool", "echo"], ["prompt", "plan"]];
const forRoles = [
  ...additions,
  ["tool", "audit", "--role", "admin"],
  ["resource", "vault", "--role", "admin"],
];

export async function addTen(project: string, hasRoles: boolean): Promise<void> {
  for (const words of hasRoles ? forRoles : forPlain) {
    const added = await runAdd(project, words);
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(added.stdout).toContain(`✔ ${words[0] ?? ""} `);
  }
}

export function runAdd(cwd: string, words: readonly string[]) {
  const bin = join(root, "bin/mcp.js");
  return execa(process.execPath, [bin, "add", ...words], { cwd, reject: false, stdin: "ignore" });
}

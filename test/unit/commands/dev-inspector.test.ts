/** The MCP Inspector, with an npx of ours in its stead. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { DevInspector } from "../../../src/commands/dev-inspector.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";

const folder = mkdtempSync(join(tmpdir(), "npx-"));
const said: string[] = [];
const url = "http://127.0.0.1:8080/mcp";

function inspector(npx: string, version: string): DevInspector {
  writeFileSync(join(folder, "npx"), `#!/bin/sh\n${npx}\n`);
  chmodSync(join(folder, "npx"), 0o755);
  const say = (lines: readonly string[]): void => void said.push(...lines);
  return new DevInspector(say, stylesFor({ isTTY: false }), version);
}

beforeEach(() => {
  said.length = 0;
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"] ?? ""}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a Node that it does not run on: what is needed, and the command", async () => {
  await inspector("exit 0", "22.18.0").toggle(url);
  expect(said.join("\n")).toMatch(
    /needs Node 22\.19 or later, and this is 22\.18\.0\n.*npx -y @model.*8080\/mcp/,
  );
});

test("without a network: what npx says, and what to do", async () => {
  await inspector("echo ENOTFOUND >&2; exit 1", "22.19.0").toggle(url);
  await expect.poll(() => said.join("\n")).toContain("did not stay");
  expect(said).toContain("  inspector │ ENOTFOUND");
  expect(said.at(-2)).toContain("needs the network");
});

test("once more ends it", async () => {
  const running = inspector("echo up; sleep 60", "24.0.0");
  await running.toggle(url);
  await expect.poll(() => said).toContain("  inspector │ up");
  await running.toggle(url);
  expect(said.at(-1)).toBe("  the MCP Inspector has ended");
});

/** Who runs the program: an agent at a terminal is not asked, a person in an editor's terminal is. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whoRuns } from "../../../src/platform/automation.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name !== "PATH") vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

test.each([
  [{}, "person"],
  [{ TERM_PROGRAM: "vscode" }, "person"],
  [{ REPL_ID: "x" }, "person"],
  [{ GOOSE_PROVIDER: "x" }, "person"],
  [{ CLAUDECODE: "1" }, "agent"],
  [{ CURSOR_AGENT: "1" }, "agent"],
  [{ GEMINI_CLI: "1" }, "agent"],
  [{ CODEX_SANDBOX: "seatbelt" }, "agent"],
  [{ GOOSE_TERMINAL: "1" }, "agent"],
  [{ AI_AGENT: "some-new-one" }, "agent"],
  [{ CLAUDECODE: "1", CI: "true" }, "agent"],
  [{ CI: "true" }, "ci"],
  [{ JENKINS_URL: "http://ci.example" }, "ci"],
  [{ CI: "false" }, "person"],
])("%j at a terminal: %s", (env, kind) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(whoRuns(true).kind).toBe(kind);
});

test("without a terminal there is nobody to ask", () => {
  expect(whoRuns(false)).toEqual({ kind: "no-terminal" });
});

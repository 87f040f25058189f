/** The block of the start, on screens of any width. */
import { expect, test } from "vitest";
import { startBlock, startLine, type StartBlock } from "../../../src/terminal/dev-screen.ts";
import { stylesFor } from "../../../src/terminal/styles.ts";
import { shownCells } from "./screen.ts";

const about: StartBlock = {
  asked: { name: "orders", version: "1.2.0" },
  entry: "/p/src/server.ts",
  project: "/p",
  urls: ["http://localhost:8081/mcp"],
  signIn: { how: "authenticate", tokens: ["MCP_ADMIN_TOKEN", "MCP_USER_TOKEN"] },
  isExposed: true,
  clientEntry: { name: "orders", command: "node", args: ["bin/mcp.js", "dev", "--stdio", "src/server.ts"] },
  port: { refused: 8080, taken: 8081 },
  offer: { tools: 1, resources: 0, templates: 2, prompts: 3 },
  log: "/p/.mcp/sessions/now.jsonl",
  environment: [],
  durationMs: 950,
  hasKeys: true,
  width: 100,
};

function block(changes: Partial<StartBlock>): string {
  return startBlock(stylesFor({ isTTY: false }), { ...about, ...changes });
}

test("what is true of it, each on a line", () => {
  const text = block({});
  expect(text).toContain("  orders 1.2.0  ready in 950 ms\n");
  expect(text).toContain("auth    Authorization: Bearer <the value of MCP_ADMIN_TOKEN or MCP_USER_TOKEN>\n");
  expect(text).toContain("offers  1 tool, 0 resources, 3 prompts, 2 resource templates\n");
  expect(block({ offer: { tools: undefined, resources: 2, templates: 0, prompts: 1 } })).toContain(
    "offers  2 resources, 1 prompt\n",
  );
  expect(text).toContain("port    8080 is taken, so 8081 is used\n");
  expect(text).toContain("▲ others in your network can call it too; --host 127.0.0.1 keeps them out\n");
  expect(block({ signIn: { how: "oauth" } })).toContain(
    "auth    OAuth: clients sign in through a browser\n  offers ",
  );
  expect(block({ signIn: { how: "oauth", elsewhere: 8080 } })).toMatch(
    /browser\n +the server sends them to port 8080; .*PORT\n/,
  );
});

test("one line for those who want less", () => {
  const line = (changes: Partial<StartBlock>): string =>
    startLine(stylesFor({ isTTY: false }), { ...about, ...changes });
  expect(line({})).toBe("orders 1.2.0  ready in 950 ms  http://localhost:8081/mcp  8080 is taken\n");
  expect(line({ urls: [], port: undefined })).toBe("orders 1.2.0  ready in 950 ms  stdio\n");
});

test.each([100, 60, 44, 30])("%i columns: nothing is wider, and the entry is JSON", (width) => {
  const text = block({ width });
  expect(Math.max(...text.split("\n").map((line) => shownCells(line)))).toBeLessThanOrEqual(
    Math.max(width, 36),
  );
  const entry = /"orders": \{[^}]*\}/.exec(text)?.[0];
  expect(JSON.parse(`{${String(entry)}}`)).toEqual({
    orders: { command: "node", args: about.clientEntry?.args },
  });
});

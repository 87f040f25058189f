/** What of a request's headers goes on to a child, request after request. */
import { expect, test } from "vitest";
import { SameHeaders } from "../../../src/relay/same-headers.ts";

const first = ["Host", "here", "Authorization", "Bearer a", "Content-Length", "10", "Mcp-Session-Id", "mine"];

test("a request's own headers go on, whatever those of the one before were", () => {
  const same = new SameHeaders();
  const lines = "Host: here\r\nAuthorization: Bearer a\r\nmcp-session-id: one\r\n";
  expect(same.linesOf(first, "one")).toBe(lines);
  // Of another length, which the body says by itself.
  expect(same.linesOf(first.with(5, "11"), "one")).toBe(lines);
  expect(same.linesOf(first.with(3, "Bearer b"), "one")).toBe(lines.replace("Bearer a", "Bearer b"));
  expect(same.linesOf(first, "one")).toBe(lines);
  expect(same.linesOf([...first, "X-More", "1"], "one")).toContain("X-More: 1\r\n");
  expect(same.linesOf(first.with(0, "Origin"), "one")).toContain("Origin: here\r\n");
  expect(same.linesOf(first, "another child's")).toContain("mcp-session-id: another child's\r\n");
});

test("what cannot be sent is refused, each time", () => {
  const same = new SameHeaders();
  const broken = first.with(3, "Bearer \u0000");
  expect(() => same.linesOf(broken, "one")).toThrow(TypeError);
  expect(() => same.linesOf(broken, "one")).toThrow("Authorization");
});

/** What the server prints, errors, and records that are not as they should be. */
import { describe, expect, it } from "vitest";
import { type Fields, screen, shownCells } from "./screen.ts";

function output(body: string, fields: Fields = {}): Fields {
  return { kind: "output", stream: "stderr", body, ...fields };
}

describe("the server's output", () => {
  it("is shown line by line, with the stream it came from", () => {
    const { show } = screen();
    expect(show(output("one\r\n  two\n"))).toEqual([
      "12:00:00.007  err server │ one",
      "12:00:00.007  err server │   two",
    ]);
    expect(show(output("three", { stream: "stdout" }))[0]).toContain("out server │ three");
  });

  it("is wrapped between words inside its gutter", () => {
    const lines = screen({ columns: 60 }).show(
      output("the quick brown fox jumps over the lazy dog again and again"),
    );
    expect(lines).toEqual([
      "12:00:00.007  err server │ the quick brown fox jumps over",
      "                         │ the lazy dog again and again",
    ]);
  });

  it("breaks a path that is wider than the line behind a slash", () => {
    const path = "/home/joe/projects/weather-server/src/sources/meteorological-office/forecast.ts:12:7";
    const rows = screen({ columns: 60 })
      .show(output(path))
      .map((line) => line.slice(27));
    expect(rows.join("")).toBe(path);
    for (const row of rows.slice(0, -1)) expect(row).toMatch(/\/$/);
  });

  it("leaves a stack's frames in dependencies and in Node to --verbose and -x", () => {
    const stack = output(
      [
        "Error: Conflict",
        "    at handle (/p/node_modules/mcp-proxy/src/server.ts:1:2)",
        "    at find (/p/src/find.ts:3:4)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
        "    at async Server.<anonymous> (file:///p/node_modules/x/y.js:1:1)",
        "we met at (node:8)",
      ].join("\n"),
    );
    const shown = screen()
      .show(stack)
      .map((line) => line.slice(27));
    expect(shown).toEqual(["Error: Conflict", "    at find (/p/src/find.ts:3:4)", "we met at (node:8)"]);
    expect(screen({ verbosity: "verbose" }).show(stack)).toHaveLength(6);
    expect(screen({ expand: true }).show(stack)).toHaveLength(6);
  });

  it("leaves FastMCP's own remarks to --verbose", () => {
    const remarks = output(
      "[FastMCP info] running\n[FastMCP debug] x\n[FastMCP warning] could not infer client capabilities after 10 attempts. Connection may be unstable.\n[FastMCP error] bad\n",
    );
    const lines = screen().show(remarks);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("[FastMCP error] bad");
    expect(screen({ verbosity: "verbose", columns: 200 }).show(remarks)).toHaveLength(4);
    expect(screen({ verbosity: "quiet" }).show(remarks)).toEqual([]);
  });

  it("where only the protocol may go is marked, with one hint for each place", () => {
    const { show } = screen({ color: true });
    show({ kind: "meta", cwd: "/p", pid: 1 });
    const noise = { kind: "noise", stream: "stdout", source: "/p/src/server.ts:42:11", body: "hello\n" };
    const [line, hint, ...more] = show(noise);
    expect(line).toContain("\u001B[33mhello\u001B[39m");
    expect(hint).toContain(
      "src/server.ts:42:11: standard output carries the protocol; use console.error or context.log",
    );
    expect(more).toEqual([]);
    expect(show(noise)).toHaveLength(1);
    expect(show({ ...noise, source: "/p/src/other.ts:1:1" })).toHaveLength(2);
  });
});

it("keeps the slash of a place when the project is the root folder", () => {
  const { show } = screen();
  show({ kind: "meta", cwd: "/", pid: 1 });
  const noise = { kind: "noise", stream: "stdout", source: "/src/server.ts:1:1", body: "hello\n" };
  expect(show(noise)[1]).toContain("▲ /src/server.ts:1:1: standard output");
});

it("shows an error with the server's own frames", () => {
  const stack = [
    "TypeError: bad",
    "    at load (/p/src/state.ts:8:21)",
    "    at x (/p/node_modules/fastmcp/dist/a.js:1:1)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "    at async tick (/p/src/server.ts:99:5)",
  ].join("\n");
  const { show } = screen();
  show({ kind: "meta", cwd: "/p", pid: 1 });
  const lines = show({ kind: "error", body: { message: "bad\nand worse", stack } });
  expect(lines.map((line) => line.trim())).toEqual([
    "12:00:00.007      ✗ error  bad",
    "and worse",
    "at load (src/state.ts:8:21)",
    "at async tick (src/server.ts:99:5)",
  ]);
});

it("shows the part of a long source line that the error is in", () => {
  const code = `const schema = z.object({ ${"name: z.string(), ".repeat(6)} }).parse(undefined);`;
  const column = code.indexOf("parse");
  const frame = ["  6 | ok();", `> 7 | ${code}`, `    | ${" ".repeat(column)}^`, "  8 | }"].join("\n");
  const error = { kind: "error", body: { message: "no", file: "/p/a.ts", line: 7, column, frame } };
  const lines = screen({ columns: 60 }).show(error);
  const [at = "", mark = ""] = lines.slice(lines.findIndex((line) => line.includes("> 7 |")));
  expect(at.slice(mark.indexOf("^"))).toMatch(/^parse/);
  expect(at).toContain("> 7 | …");
  expect(lines.join("\n")).toMatch(/ {2}6 \| …\n/);
});

it.each([
  "\t\tconst a = ",
  "/* 日本語の関数 */ ",
  `${"日本語の関数を呼び出す".repeat(8)}; `,
  `${"\t日本".repeat(30)} `,
])("marks what is behind tabs and wide characters: %j", (before) => {
  const code = `${before}parse(undefined);`;
  const frame = [`> 7 | ${code}`, `    | ${" ".repeat(before.length)}^`].join("\n");
  const error = { kind: "error", body: { message: "no", file: "/p/a.ts", line: 7, frame } };
  const lines = screen({ columns: 60 }).show(error);
  const [at = "", mark = ""] = lines.slice(lines.findIndex((line) => line.includes("> 7 |")));
  expect(shownCells(at.slice(0, at.indexOf("parse")))).toBe(mark.indexOf("^"));
  expect(shownCells(at)).toBeLessThanOrEqual(60);
});

it("says how many records are missing and why", () => {
  expect(screen().show({ kind: "drop", count: 12, reason: "the disk is full" })[0]).toMatch(
    /▲ 12 records dropped · the disk is full$/,
  );
});

describe("records that are not as they should be", () => {
  it.each<[Fields]>([
    [{ kind: "telemetry", event: "x" }],
    [{ kind: undefined }],
    [{ kind: "reload", event: "paused" }],
    [{ kind: "session", event: "migrated", session: "s1" }],
    [{ kind: "session", event: "connect", client: "me", transport: 7 }],
    [{ kind: "response", dir: 3, duration_ms: "soon", body: null }],
    [{ kind: "notification", body: [] }],
    [{ kind: "error", body: null }],
    [{ kind: "drop" }],
    [{ kind: "telemetry", time: "yesterday" }],
  ])("are one line: %j", (record) => {
    expect(screen().show(record)).toHaveLength(1);
  });
});

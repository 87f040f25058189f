/** Reloads and the first record of a log, as rules across the screen. */
import { describe, expect, it } from "vitest";
import { type Fields, screen, shownCells } from "./screen.ts";

function reload(event: string, fields: Fields = {}): Fields {
  return { kind: "reload", event, generation: 2, files: ["src/server.ts"], duration_ms: 84, ...fields };
}

describe("a generation that serves", () => {
  it.each([80, 120])("is a rule as wide as the screen: %i", (columns) => {
    const lines = screen({ columns }).show(reload("started"), reload("serving"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^── reload 2 · src\/server\.ts · 84 ms ─+$/);
    expect(shownCells(lines[0]!)).toBe(columns);
  });

  it("is the start itself when it is the first", () => {
    const first = reload("serving", { generation: 1, duration_ms: 1214, files: [] });
    expect(screen().show(first)[0]).toMatch(/^── serving · 1\.2 s ─+$/);
  });

  it("names the first of several files", () => {
    const files = ["a.ts", "b.ts", "c.ts", "d.ts"];
    expect(screen().show(reload("serving", { files }))[0]).toContain("reload 2 · a.ts and 3 more · 84 ms");
  });

  it.each([
    ["crash", "reload 2 · after a crash · 84 ms"],
    ["request", "reload 2 · asked for · 84 ms"],
  ])("says why without a save: %s", (trigger, text) => {
    expect(screen().show(reload("serving", { files: undefined, trigger }))[0]).toContain(text);
  });

  it("is announced with --verbose only", () => {
    expect(screen({ verbosity: "verbose" }).show(reload("started"))[0]).toContain("reloading: src/server.ts");
  });
});

describe("what a save added, changed and removed", () => {
  const show = (changes: unknown): string[] => screen().show(reload("lists", { body: { changes } }));

  it("has a line for each, which stands by itself", () => {
    const changes = {
      added: ["tool add"],
      changed: ["tool whoami (description)"],
      removed: ["prompt old"],
    };
    expect(show(changes)).toEqual([
      "12:00:00.007      + tool add",
      "12:00:00.007      ~ tool whoami (description)",
      "12:00:00.007      − prompt old",
    ]);
  });

  it("has a red line for each list that fails", () => {
    const body = { changes: { added: ["prompt p"] }, failures: ["tools/list fails: tool a: no schema"] };
    expect(screen({ verbosity: "quiet" }).show(reload("lists", { body }))).toEqual([
      "12:00:00.007      ✗ tools/list fails: tool a: no schema",
      "12:00:00.007      + prompt p",
    ]);
    expect(screen({ color: true }).show(reload("lists", { body }))[0]).toContain(
      "\u001B[31mtools/list fails",
    );
  });

  it("has a line for each warning", () => {
    const body = { changes: {}, warnings: ["tool a is added twice"] };
    expect(screen().show(reload("lists", { body }))).toEqual(["12:00:00.007      ▲ tool a is added twice"]);
    expect(screen({ color: true }).show(reload("lists", { body }))[0]).toContain("\u001B[33mtool a");
  });

  it("ends where nobody would read on", () => {
    const lines = show({ added: Array.from({ length: 25 }, (_, index) => `tool t${index}`) });
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toContain("and 5 more");
  });

  it("shows nothing of what it does not know", () => {
    expect(show(undefined)).toEqual([]);
    expect(show({ added: [1, null], renamed: ["tool a"] })).toEqual([]);
  });
});

describe("a generation that fails", () => {
  const body = {
    message: 'Transform failed with 1 error:\n/p/src/server.ts:12:6: ERROR: Expected ";"',
    file: "/p/src/server.ts",
    line: 12,
    column: 7,
    frame: "  11 | const a = 1;\n> 12 | const x x = 2;\n     |         ^",
    servingGeneration: 1,
  };

  it("shows the message, the source and what goes on", () => {
    const { show } = screen({ columns: 80 });
    show({ kind: "meta", cwd: "/p", pid: 1 });
    const [rule, ...lines] = show(reload("failed", { body }));
    expect(rule).toMatch(/^── reload 2 failed · src\/server\.ts ─+$/);
    expect(lines).toEqual([
      "   Transform failed with 1 error:",
      '   src/server.ts:12:6: ERROR: Expected ";"',
      "     11 | const a = 1;",
      "   > 12 | const x x = 2;",
      "        |         ^",
      "   generation 1 goes on serving; save again to retry",
    ]);
  });

  it("says the place where the message does not", () => {
    const rest = { ...body, message: "boom", frame: [] };
    expect(screen().show(reload("failed", { body: rest }))).toContain("   /p/src/server.ts:12:7");
    const stack = "Error: boom\n    at load (file:///p/src/a.ts:3:9)";
    expect(screen().show(reload("failed", { body: { message: "boom", stack } }))).toContain(
      "   /p/src/a.ts:3:9",
    );
  });

  it("says that nothing serves when nothing does", () => {
    const lines = screen().show(reload("failed", { generation: 1, body: { message: "boom" } }));
    expect(lines[0]).toMatch(/^── start failed/);
    expect(lines.at(-1)).toBe("   nothing serves yet; save to retry");
  });

  it("is red", () => {
    const lines = screen({ color: true }).show(reload("failed", { body }));
    expect(lines[0]).toContain("\u001B[31m──");
    expect(lines[1]).toContain("\u001B[31mTransform");
  });
});

describe("the first record of a log", () => {
  const meta = { kind: "meta", pid: 42, project: "my-server", url: "http://127.0.0.1:8080/mcp", cwd: "/p" };

  it("is shown to who asks for it", () => {
    expect(screen().show(meta)).toEqual([]);
    expect(screen({ showMeta: true }).show(meta)[0]).toMatch(
      /^── mcp dev · my-server · http:\/\/127\.0\.0\.1:8080\/mcp · pid 42 ─+$/,
    );
  });
});

/** Requests and their answers as lines. */
import { describe, expect, it } from "vitest";
import { connect, disconnect, exchange, notification, screen, shownCells, text } from "./screen.ts";

const whoami = { params: { name: "whoami", arguments: { name: "x" } }, result: text("You are Ada") };

describe("a request and its answer", () => {
  it("are one line when the answer comes", () => {
    const { show } = screen();
    const [request, response] = exchange(whoami);
    expect(show(request)).toEqual([]);
    const [line, ...more] = show(response);
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^12:00:00\.007 {2}s1 {2}→ tools\/call whoami {2}\{"name":"x"\} +12 ms {2}You are Ada$/,
    );
  });

  it("put durations below each other", () => {
    const { show } = screen();
    const lines = [
      ...show(...exchange(whoami)),
      ...show(...exchange({ method: "tools/list", result: { tools: [1, 2, 3] }, ms: 1423 })),
    ];
    expect(lines[1]).toMatch(/1\.4 s {2}3 tools$/);
    expect(lines[0]?.indexOf(" ms")).toBe((lines[1]?.indexOf(" s  3 tools") ?? 0) - 1);
  });

  it("are told from the answer alone when the request was not seen", () => {
    const [, response] = exchange(whoami);
    expect(screen().show(response)[0]).toMatch(/→ tools\/call whoami +12 ms {2}You are Ada$/);
  });

  it("are told apart by session, side and id", () => {
    const { show } = screen();
    const [ours, oursAnswer] = exchange({ ...whoami, params: { name: "ours" } });
    const [other, otherAnswer] = exchange({ ...whoami, params: { name: "other" }, session: "s2" });
    const [ask, askAnswer] = exchange({ method: "roots/list", result: { roots: [] }, from: "server" });
    show(ours, other, ask);
    expect(show(otherAnswer)[0]).toContain("s2  → tools/call other");
    expect(show(askAnswer)[0]).toMatch(/s1 {2}← roots\/list .* 0 roots$/);
    expect(show(oursAnswer)[0]).toContain("s1  → tools/call ours");
  });

  it.each([
    [{ method: "resources/list", result: { resources: [1, 2] } }, "2 resources"],
    [{ method: "resources/list", result: { resources: [1], nextCursor: "n" } }, "1 resource, more to come"],
    [
      { method: "resources/read", params: { uri: "a://b" }, result: { contents: [{ text: "hello" }] } },
      "hello",
    ],
    [
      {
        params: { name: "t" },
        result: { content: [{ type: "image", mimeType: "image/png", data: "A".repeat(4000) }] },
      },
      "image/png 3.0 kB",
    ],
    [
      {
        params: { name: "t" },
        result: {
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      },
      "a (+1)",
    ],
    [{ params: { name: "t" }, result: { content: [], structuredContent: { n: 1 } } }, '{"n":1}'],
    [
      {
        method: "prompts/get",
        params: { name: "p" },
        result: { messages: [{ content: { type: "text", text: "Greet\nher" } }] },
      },
      "Greet her",
    ],
    [{ method: "elicitation/create", from: "server" as const, result: { action: "decline" } }, "decline"],
    [{ method: "logging/setLevel", params: { level: "debug" } }, "ok"],
    [{ params: { name: "t" }, body: "cut off" }, "60 B"],
  ])("say the result in a few words: %j", (of, words) => {
    expect(
      screen()
        .show(...exchange(of))[0]
        ?.endsWith(`ms  ${words}`),
    ).toBe(true);
  });

  it.each([
    [
      { error: { code: -32602, message: "MCP error -32602: Unknown tool" }, errorType: "-32602" },
      "✗ -32602  Unknown tool",
    ],
    [{ result: { ...text("Only admins"), isError: true }, errorType: "tool_error" }, "✗ Only admins"],
    [{ result: { ...text("Only admins"), isError: true } }, "✗ Only admins"],
    [{ errorType: "http_401", body: { status: 401, text: "" } }, "✗ 401 Unauthorized"],
    [{ errorType: "http_499", body: { status: 499, text: "the client left" } }, "✗ the client left"],
    [{ errorType: "http_599", body: { status: 599, text: "odd" } }, "✗ HTTP 599  odd"],
  ])("say what went wrong: %j", (of, words) => {
    const [line] = screen().show(...exchange({ params: { name: "t" }, ...of }));
    expect(line).toContain(words);
    const [coloured] = screen({ color: true }).show(...exchange({ params: { name: "t" }, ...of }));
    expect(coloured).toContain(`\u001B[31m${words}`);
  });

  it("show a long error whole, beside the call or below it", () => {
    const message = "The import stopped because the folder was removed while it was being read";
    const failed = exchange({ params: { name: "load" }, error: { code: -32000, message } });
    for (const columns of [50, 80, 120]) {
      const lines = screen({ columns }).show(...failed);
      const words = lines.join(" ").replace(/\s+/g, " ");
      expect(words).toContain(message);
      expect(Math.max(...lines.map((line) => shownCells(line)))).toBeLessThanOrEqual(columns);
    }
  });

  it("cut arguments and results with … to the width, wide characters counted", () => {
    const name = "日本語のテキスト".repeat(30);
    for (const columns of [40, 80, 120]) {
      const lines = screen({ columns }).show(
        ...exchange({ params: { name: "t", arguments: { name } }, result: text(name) }),
      );
      expect(lines).toHaveLength(1);
      expect(shownCells(lines[0]!)).toBeLessThanOrEqual(columns);
      expect(lines[0]).toContain("…");
    }
  });

  it("say the tool rather than the method where there is no room for both", () => {
    const call = exchange({
      params: { name: "list_orders", arguments: { n: 1 } },
      result: text("none"),
      ms: 5,
    });
    for (const columns of [32, 40, 50]) {
      const [line] = screen({ columns }).show(...call);
      expect(line).toMatch(/→ list_or.* 5 ms {2}no/);
      expect(line).not.toContain("tools/call");
    }
    expect(screen({ columns: 80 }).show(...call)[0]).toContain("→ tools/call list_orders");
  });

  it("leave out milliseconds and then the time on narrow screens", () => {
    const answer = exchange({ method: "tools/list", result: { tools: [] } })[1];
    expect(screen({ columns: 50 }).show(answer)[0]).toMatch(/^12:00:00 s1 {2}→ tools\/list/);
    expect(screen({ columns: 30 }).show(answer)[0]).toMatch(/^s1 {2}→ tools/);
  });
});

describe("what is shown how much", () => {
  const everyday = [
    ...exchange({ method: "initialize", params: { clientInfo: { name: "d", version: "1" } } }),
    notification("notifications/initialized", {}, "c2s"),
    ...exchange({ method: "ping", id: "2" }),
    ...exchange({ method: "ping", id: "2", from: "server" }),
    notification("notifications/roots/list_changed", {}, "c2s"),
  ];

  it("leaves the handshake, pings and what other lines say to --verbose", () => {
    expect(screen().show(...everyday)).toEqual([]);
    expect(screen({ verbosity: "verbose" }).show(...everyday)).toHaveLength(5);
  });

  it("shows an initialize that failed", () => {
    const failed = exchange({ method: "initialize", errorType: "http_401", body: { status: 401, text: "" } });
    expect(screen().show(...failed)[0]).toContain("401 Unauthorized");
  });

  it("shows failed calls and nothing of those that went well with --quiet", () => {
    const { show } = screen({ verbosity: "quiet" });
    expect(show(...exchange(whoami))).toEqual([]);
    expect(show(...exchange({ ...whoami, errorType: "tool_error", result: text("no") }))).toHaveLength(1);
    expect(show(notification("notifications/message", { level: "error", data: "x" }))).toEqual([]);
  });
});

describe("notifications", () => {
  it("show the server's log with its level", () => {
    const { show } = screen();
    expect(show(notification("notifications/message", { level: "warning", data: "cold" }))[0]).toMatch(
      /← log warning {2}cold$/,
    );
    const data = { message: "cache", context: { ms: 3 } };
    expect(show(notification("notifications/message", { level: "info", data }))[0]).toMatch(
      /← log info {2}cache {2}\{"ms":3\}$/,
    );
  });

  it("show progress shortly", () => {
    const params = { progress: 3, total: 10, message: "reading", progressToken: 1 };
    expect(screen().show(notification("notifications/progress", params))[0]).toMatch(
      /← progress {2}3\/10 {2}reading$/,
    );
  });

  it("say what was cancelled, and expect no answer to it", () => {
    const { show } = screen();
    show(exchange({ params: { name: "slow" }, id: "7" })[0]);
    const cancelled = notification("notifications/cancelled", { requestId: 7, reason: "stop" }, "c2s");
    expect(show(cancelled)[0]).toMatch(/→ cancelled tools\/call slow {2}stop$/);
    expect(show(disconnect())).toHaveLength(1);
  });

  it.each([
    [48, "sleep", "→ cancelled tools/call sleep"],
    [40, "sleep", "→ cancelled sleep  stop"],
    [40, "sleep_as_long_as_it_takes", "→ cancelled sleep_as_long_…"],
    [20, "sleep", "→ cancelled sle…"],
    [20, "sleep_as_long_as_it_takes", "→ cancelled sle…"],
    [16, "sleep", "→ cancelled"],
  ])("say in %i columns that %s was cancelled", (columns, name, line) => {
    const { show } = screen({ columns });
    show(exchange({ params: { name }, id: "7" })[0]);
    const cancelled = notification("notifications/cancelled", { requestId: 7, reason: "stop" }, "c2s");
    expect(show(cancelled)[0]?.replace(/^.*?(?=→)/, "")).toBe(line);
  });

  it("say in few columns what happened to a resource", () => {
    const updated = notification("notifications/resources/updated", { uri: "file:///a/long/path.txt" });
    expect(screen({ columns: 40 }).show(updated)[0]).toMatch(/← resources\/updated fi.*…$/);
    expect(screen({ columns: 120 }).show(updated)[0]).toMatch(/← resources\/updated file:.*\.txt$/);
  });
});

describe("a session that ends", () => {
  it("says what was never answered", () => {
    const { show } = screen();
    show(connect(), exchange({ params: { name: "slow" }, id: "7" })[0]);
    const [unanswered, end] = show(disconnect());
    expect(unanswered).toMatch(/→ tools\/call slow .*✗ no answer$/);
    expect(end).toContain("○ disconnect  4.2 s · 1 call · closed by the client");
  });

  it("counts the calls of this session only, and only if it saw all of them", () => {
    const { show } = screen();
    show(connect(), connect({ session: "s2" }));
    show(...exchange(whoami), ...exchange(whoami), ...exchange({ ...whoami, session: "s2" }));
    show(...exchange({ method: "tools/list" }));
    expect(show(disconnect())[0]).toContain("· 2 calls ·");
    expect(show(disconnect({ session: "s9" }))[0]).toMatch(/disconnect {2}4\.2 s · closed/);
  });
});

describe("--expand", () => {
  it("shows both payloads below the line, as JSON that fits the screen", () => {
    const { show } = screen({ expand: true, columns: 80 });
    const lines = show(...exchange({ ...whoami, result: text("long words ".repeat(30)) }));
    expect(lines[0]).toContain("→ tools/call whoami");
    expect(lines[1]?.trim()).toBe("→ {");
    expect(lines.map((line) => line.trim())).toContain('"name": "whoami",');
    expect(lines.map((line) => line.trim())).toContain("← {");
    expect(lines.every((line) => shownCells(line) <= 80)).toBe(true);
    expect(lines.slice(1).join(" ").replace(/\s+/g, " ")).toContain("long words ".repeat(30).trim());
  });

  it("shows texts of several lines, and JSON in a text, behind a bar", () => {
    const expanded = (value: string): string[] =>
      screen({ expand: true, columns: 60 })
        .show(...exchange({ ...whoami, result: text(value) }))
        .map((line) => line.trim())
        .filter((line) => line.startsWith("│"));
    expect(expanded("one\n\u001B[2J  two\n\n" + "long words ".repeat(5))).toEqual([
      "│ one",
      "│   two",
      "│",
      "│ long words long words long words",
      "│ long words long words",
    ]);
    expect(expanded('{"a":[1,"x"],"b":"c\\nd"}')).toEqual([
      "│ {",
      '│   "a": [',
      "│     1,",
      '│     "x"',
      "│   ],",
      '│   "b":',
      "│     │ c",
      "│     │ d",
      "│ }",
    ]);
    expect(expanded("one line, as it is: {}")).toEqual([]);
    expect(expanded("x\n".repeat(1000))).toHaveLength(401);
  });

  it("colours keys and values", () => {
    const lines = screen({ expand: true, color: true }).show(...exchange(whoami));
    expect(lines.join("\n")).toContain('\u001B[36m"name"\u001B[39m');
  });
});

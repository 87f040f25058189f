/** What happens to a session, as lines. */
import { describe, expect, it } from "vitest";
import { connect, disconnect, exchange, noon, screen } from "./screen.ts";

const id = "3f2a8c1e-7d4b-4f0e-9a53-0c1b2d3e4f50";

describe("connect", () => {
  it("says who, over what, and which session", () => {
    expect(screen().show(connect())).toEqual([
      `12:00:00.007  s1  ● connect  desktop 1.2.0 · http · 2025-06-18 · ${id}`,
    ]);
  });

  it("says who the server knows the caller as", () => {
    const identity = { userId: "u1", token: "[redacted]", roles: ["admin", "dev"], active: true };
    expect(screen().show(connect({ body: { identity } }))[0]).toMatch(
      /desktop 1\.2\.0 · u1 admin,dev active=true · http/,
    );
  });

  it("says nothing twice", () => {
    const identity = { user: "ann", role: "ann", transport: "http" };
    expect(screen().show(connect({ body: { identity } }))[0]).toMatch(/desktop 1\.2\.0 · ann · http ·/);
  });

  it("says of a caller's headers what is the server's own, and not what every request has", () => {
    const usual = {
      host: "127.0.0.1:8080",
      connection: "keep-alive",
      "user-agent": "node",
      accept: "application/json, text/event-stream",
      "accept-language": "*",
      "content-type": "application/json",
      "sec-fetch-mode": "cors",
      "x-forwarded-for": "10.0.0.1",
      "mcp-protocol-version": "2025-06-18",
      Cookie: "a=b",
    };
    const said = (identity: unknown): string | undefined => screen().show(connect({ body: { identity } }))[0];
    expect(said({ headers: { ...usual, "x-tenant": "acme" } })).toMatch(/desktop 1\.2\.0 · acme · http ·/);
    expect(said({ headers: usual })).toMatch(/desktop 1\.2\.0 · http ·/);
    expect(said({ host: "db1", origin: "shop" })).toMatch(/ · db1 shop · /);
  });

  it("shortens the session id where there is no room, rather than cut anything else", () => {
    expect(screen({ columns: 80 }).show(connect())[0]).toMatch(/ · 2025-06-18 · 3f2a8c1e$/);
  });

  it("does without an id over stdio and without a client that named itself", () => {
    const rest = connect({ transport: "stdio", client: undefined, "mcp.session.id": undefined });
    expect(screen().show(rest)[0]).toMatch(/● connect {2}unknown client · stdio · 2025-06-18$/);
  });
});

describe("the colour of a session", () => {
  const colorOf = (session: string): string | undefined =>
    new RegExp(`((?:\\u001B\\[\\d+m)+)${session}`).exec(
      screen({ color: true }).show(connect({ session }))[0]!,
    )?.[1];

  it("is its own among its neighbours and the same every time", () => {
    const colors = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"].map(colorOf);
    expect(new Set(colors).size).toBe(8);
    expect(colorOf("s3")).toBe(colors[2]);
  });
});

it("tells ready, roots and restored", () => {
  const { show } = screen();
  const of = { kind: "session", session: "s1", transport: "http" };
  expect(show({ ...of, event: "ready" })[0]).toMatch(/✓ ready$/);
  const roots = [{ uri: "file:///a", name: "docs" }, { uri: "file:///b" }];
  expect(show({ ...of, event: "rootsChanged", body: { roots } })[0]).toMatch(
    /rootsChanged {2}2 roots · docs file:\/\/\/a · file:\/\/\/b$/,
  );
  expect(show({ ...of, event: "rootsChanged", body: { roots: [] } })[0]).toMatch(/rootsChanged {2}no roots$/);
  expect(show({ ...of, event: "restored", generation: 3, duration_ms: 12 })[0]).toMatch(
    /restored in generation 3, 12 ms$/,
  );
});

it("shows a session's error with the line of the server's own code", () => {
  const stack =
    "Error: hang up\n    at node:internal/x:1:2\n    at f (file:///p/src/server.ts?v=2:12:3)\n    at g (/p/src/b.ts:1:1)";
  const { show } = screen({ color: true });
  show({ kind: "meta", cwd: "/p", pid: 1 });
  const [line, place, ...more] = show({
    kind: "session",
    event: "error",
    session: "s1",
    body: { message: "hang up", stack },
  });
  expect(line).toContain("\u001B[31mhang up\u001B[39m");
  expect(place).toContain("at f (src/server.ts:12:3)");
  expect(more).toEqual([]);
});

it("keeps to connect, disconnect and errors with --quiet", () => {
  const { show } = screen({ verbosity: "quiet" });
  const of = { kind: "session", session: "s1" };
  expect(show(connect(), disconnect(), { ...of, event: "error", body: { message: "m" } })).toHaveLength(3);
  expect(
    show({ ...of, event: "ready" }, { ...of, event: "rootsChanged" }, { ...of, event: "restored" }),
  ).toEqual([]);
});

it("writes no escape sequence without colour", () => {
  const lines = screen({ expand: true }).show(
    connect(),
    ...exchange({ params: { name: "t" } }),
    disconnect(),
  );
  expect(lines.join("\n")).not.toContain("\u001B");
});

describe("the day", () => {
  const at = (time: Date): object => ({ ...connect(), time: time.toISOString() });
  const yesterday = new Date(noon.getTime() - 24 * 3_600_000);

  it("is told once above the lines of another day, and again when today begins", () => {
    const { show } = screen();
    expect(show({ ...at(yesterday) })[0]).toMatch(/^── 2026-02-02 ─+$/);
    expect(show({ ...at(yesterday) })).toHaveLength(1);
    expect(show({ ...at(noon) })[0]).toMatch(/^── 2026-02-03 ─+$/);
  });

  it("is not told for today", () => {
    expect(screen().show({ ...at(noon) })).toHaveLength(1);
  });
});

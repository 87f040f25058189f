import { FastMCPSession } from "fastmcp";
import { expect, test, vi } from "vitest";
import { callerIdentity } from "../../../src/child/caller-identity.ts";

const logger = { debug: vi.fn(), error: vi.fn(), info: vi.fn(), log: vi.fn(), warn: vi.fn() };

function sessionOf(auth: Record<string, unknown> | undefined) {
  const tool = { name: "add", description: "Adds", execute: () => Promise.resolve("1") };
  const lists = { prompts: [], resources: [], resourcesTemplates: [], tools: [tool] };
  return new FastMCPSession({
    ...(auth === undefined ? {} : { auth }),
    logger,
    name: "s",
    version: "1.0.0",
    ...lists,
  });
}

test("what authenticate returned, as plain data", () => {
  const since = new Date(0);
  const auth = {
    userId: "u1",
    scopes: ["read"],
    nested: { deep: { deeper: { deepest: { beyond: 1 } } } },
    since,
    can: () => true,
    get expensive(): string {
      throw new Error("a getter ran");
    },
    long: "x".repeat(1000),
  };
  expect(callerIdentity(sessionOf(auth))).toEqual({
    userId: "u1",
    scopes: ["read"],
    nested: { deep: { deeper: {} } },
    since: since.toISOString(),
    long: "x".repeat(400),
  });
});

test("nobody, and an object that is no session of FastMCP", () => {
  expect(callerIdentity(sessionOf(undefined))).toBeUndefined();
  expect(callerIdentity({})).toBeUndefined();
});

test("the session does not notice", () => {
  const session = sessionOf({ userId: "u1" });
  const notify = vi.spyOn(session.server, "notification");
  const set = vi.spyOn(session.server, "setRequestHandler");
  callerIdentity(session);
  expect([notify.mock.calls, set.mock.calls, logger.error.mock.calls]).toEqual([[], [], []]);
});

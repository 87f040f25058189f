import { describe, expect, test } from "vitest";
import { filledIn, neededFor, variableFor } from "../../../src/client/redacted-values.ts";
import { answersOf } from "../../../src/client/replay.ts";
import type { Recording } from "../../../src/client/recording.ts";

describe("what is redacted", () => {
  const sent = [
    { arguments: { apiKey: "[redacted]", list: ["[redacted]"], n: 1 } },
    { uri: "note://x?token=[redacted]&a=1" },
  ];

  test("needs a variable that is named for its key", () => {
    const needed = neededFor([{ value: sent }]);
    expect([...needed.keys()]).toEqual(["MCP_REPLAY_API_KEY", "MCP_REPLAY_LIST", "MCP_REPLAY_URI"]);
    expect(variableFor(["headers", "X-Api-Key"])).toBe("MCP_REPLAY_X_API_KEY");
  });

  test("is filled in where it stands, and whatever is in the value", () => {
    const values = new Map([
      ["MCP_REPLAY_API_KEY", "$& $1"],
      ["MCP_REPLAY_LIST", "l"],
      ["MCP_REPLAY_URI", "u"],
    ]);
    expect(filledIn(sent, values)).toEqual([
      { arguments: { apiKey: "$& $1", list: ["l"], n: 1 } },
      { uri: "note://x?token=u&a=1" },
    ]);
  });
});

test("what the client answered the server has its values, too", () => {
  const accepted = { result: { action: "accept", content: { password: "[redacted]" } } };
  const recording: Recording = {
    session: "s1",
    log: "x.jsonl",
    recordedAt: "2026-02-03T04:05:06.789Z",
    overHttp: true,
    initialize: {},
    welcome: undefined,
    steps: [],
    clientAnswers: [{ asked: { method: "elicitation/create", params: {} }, answer: accepted }],
  };
  const answer = answersOf(recording, new Map([["MCP_REPLAY_PASSWORD", "hunter2"]]));
  expect(answer({ method: "elicitation/create" })).toEqual({
    action: "accept",
    content: { password: "hunter2" },
  });
  expect(() => answer({ method: "elicitation/create" })).toThrow("was not recorded");
});

/** What servers say when they refuse. */
import { expect, test } from "vitest";
import { refusalText } from "../../../src/terminal/refusal-text.ts";
import { resultSummary } from "../../../src/terminal/result-summary.ts";

test.each([
  ['{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no token"}}', "no token"],
  ['{"error":"invalid_token","error_description":"it has expired"}', "it has expired"],
  ['{"error":"invalid_token"}', "invalid_token"],
  ['{"message":"slow down"}', "slow down"],
  ['{"other":1}', '{"other":1}'],
  ['{"cut off', '{"cut off'],
  [" plain \n", "plain"],
  ["", ""],
])("%s", (body, text) => {
  expect(refusalText(body)).toBe(text);
});

test("the status is not said twice", () => {
  const shown = (text: string): string =>
    resultSummary("initialize", { "error.type": "http_401", body: { text } }).text;
  expect(shown("Unauthorized")).toBe("401 Unauthorized");
  expect(shown('{"error":{"message":"Unauthorized: no token"}}')).toBe("401 Unauthorized  no token");
  expect(shown("who are you?")).toBe("401 Unauthorized  who are you?");
});

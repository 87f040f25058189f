/** A message behind what was printed on its line. */
import { expect, test } from "vitest";
import { beforeMessage } from "../../../src/relay/glued-line.ts";
import { parseMessages } from "../../../src/relay/json-rpc.ts";

const message = '{"result":{"content":[{"text":"a } b"}]},"jsonrpc":"2.0","id":1}';

function split(line: string): { before: string; taken: string[] } {
  const taken: string[] = [];
  const before = beforeMessage(line, (text) => {
    const isMessage = parseMessages(text) !== undefined;
    if (isMessage) taken.push(text);
    return isMessage;
  });
  return { before, taken };
}

test.for(["", "loading...", "{", '{"percent": 50}', '{"jsonrpc": {', "a { b } c "])(
  "behind %j",
  (printed) => {
    expect(split(printed + message)).toEqual({ before: printed, taken: [message] });
  },
);

test.for(["", "loading...", '{"noise":"of objects"}', `{"level":30,"request":${message}}`, message.slice(1)])(
  "no message: %j",
  (line) => {
    expect(split(line)).toEqual({ before: line, taken: [] });
  },
);

test("a long line of braces is given up early", () => {
  let tries = 0;
  const line = `"jsonrpc"${"{".repeat(100_000)}`;
  expect(beforeMessage(line, () => ++tries > 1000)).toBe(line);
  expect(tries).toBeLessThan(100);
});

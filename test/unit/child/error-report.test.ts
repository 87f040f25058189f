/** Whatever is thrown becomes a report. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { errorReport } from "../../../src/child/error-report.ts";

test.each([
  ["text", "text"],
  ["", "''"],
  [undefined, "undefined"],
  [null, "null"],
  [42, "42"],
  [{ code: 42 }, "{ code: 42 }"],
])("thrown %j", (thrown, shown) => {
  const message = `${shown} (not an Error, so where is not known)`;
  expect(errorReport(thrown)).toEqual({ name: "Error", message });
});

test("thrown, and not to be looked at", () => {
  const unlucky = {
    [inspect.custom]: () => {
      throw new Error("no");
    },
  };
  expect(errorReport(unlucky).message).toMatch(/^\[object Object\] \(not an Error/);
});

test("an error with its stack", () => {
  const error = new TypeError("no");
  expect(errorReport(error)).toEqual({ name: "TypeError", message: "no", stack: error.stack });
});

test("what caused it, and what caused that, each once", () => {
  const root = new RangeError("root");
  const error = new Error("outer", { cause: new Error("middle", { cause: root }) });
  root.cause = error;
  expect(errorReport(error).related).toMatchObject([
    { relation: "cause", name: "Error", message: "middle", stack: expect.any(String) as string },
    { relation: "cause", name: "RangeError", message: "root" },
  ]);
  expect(errorReport(new Error("outer", { cause: { code: 1 } })).related).toEqual([
    { relation: "cause", name: "Error", message: "{ code: 1 }" },
  ]);
});

test("the parts of an AggregateError, as far as anybody reads", () => {
  const parts = Array.from({ length: 20 }, (_, index) => new Error(String(index)));
  const { related = [] } = errorReport(new AggregateError(parts, "all"));
  expect(related.map(({ relation, message }) => [relation, message])).toEqual(
    ["0", "1", "2", "3", "4", "5", "6", "7"].map((message) => ["part", message]),
  );
});

test("the place that a compiler names; nonsense in its stead is left out", () => {
  const location = { file: "a.ts", line: 3, column: 4, lineText: "x = ;" };
  const withErrors = (errors: unknown): Error => Object.assign(new Error("Transform failed"), { errors });
  const compiled = { name: "SyntaxError", location };
  const text = 'Unexpected ";"';
  expect(errorReport(withErrors([{ text, location }]))).toEqual({ ...compiled, message: text });
  expect(errorReport(withErrors([{ text, location }, {}])).message).toBe(`${text} (and 1 more)`);
  for (const errors of [[], [null], [{}], [{ location: null }], [{ location: { file: 1 } }], "text"]) {
    expect(errorReport(withErrors(errors))).not.toHaveProperty("location");
  }
});

test("the place in a compiler's message, where that is all that is left", () => {
  const message =
    'Transform failed with 2 errors:\n/p/a.ts:3:4: ERROR: Unexpected "="\n/p/a.ts:9:0: ERROR: no';
  const location = { file: "/p/a.ts", line: 3, column: 4 };
  const expected = { name: "SyntaxError", message: 'Unexpected "=" (and 1 more)', location };
  expect(errorReport(new Error(message))).toEqual(expected);
});

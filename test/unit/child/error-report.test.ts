/** Whatever is thrown becomes a report. */
import { expect, test } from "vitest";
import { errorReport } from "../../../src/child/error-report.ts";

test.each([
  ["text", "text"],
  [undefined, "undefined"],
  [null, "null"],
  [42, "42"],
])("thrown %j", (thrown, message) => {
  expect(errorReport(thrown)).toEqual({ name: "Error", message });
});

test("an error with its stack", () => {
  const error = new TypeError("no");
  expect(errorReport(error)).toEqual({ name: "TypeError", message: "no", stack: error.stack });
});

test("the place that a compiler names; nonsense in its stead is left out", () => {
  const location = { file: "a.ts", line: 3, column: 4, lineText: "x = ;" };
  const withErrors = (errors: unknown): Error => Object.assign(new Error("Transform failed"), { errors });
  expect(errorReport(withErrors([{ location }])).location).toEqual(location);
  for (const errors of [[], [null], [{}], [{ location: null }], [{ location: { file: 1 } }], "text"]) {
    expect(errorReport(withErrors(errors))).not.toHaveProperty("location");
  }
});

/** Arguments from a command line: typed by the schema, and said plainly where they do not fit. */
import { expect, test } from "vitest";
import { readArguments, readTexts } from "../../../src/client/arguments.ts";
import { misfits } from "../../../src/client/fit.ts";
import { headersFor } from "../../../src/client/headers.ts";
import { nearest } from "../../../src/client/nearest.ts";
import { allowedValues, signature } from "../../../src/client/schema.ts";

const schema = {
  type: "object",
  properties: {
    id: { type: "string" },
    count: { type: "integer" },
    list: { type: "array", items: { type: "number" } },
    either: { anyOf: [{ type: "number" }, { type: "string" }] },
    maybe: { type: ["boolean", "null"] },
    point: { $ref: "#/$defs/point" },
    color: { enum: ["red", "green"] },
    tags: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }] },
    to: { anyOf: [{ type: "string" }, { $ref: "#/$defs/names" }] },
  },
  required: ["id"],
  additionalProperties: false,
  $defs: {
    names: { type: "array", items: { type: "string" } },
    point: { type: "object", properties: { x: { type: "number" } } },
  },
};

test.for([
  ["id=007", { id: "007" }],
  ["id=", { id: "" }],
  ["id=a=b", { id: "a=b" }],
  ["count=3", { count: 3 }],
  ["count=three", { count: "three" }],
  ["list=1", { list: [1] }],
  ["list=[1,2]", { list: [1, 2] }],
  ["either=1", { either: 1 }],
  ["either=one", { either: "one" }],
  ["maybe=null", { maybe: null }],
  ["maybe=false", { maybe: false }],
  ['point={"x":1}', { point: { x: 1 } }],
  ["color=red", { color: "red" }],
  ["tags=2024", { tags: ["2024"] }],
  ["tags=null", { tags: null }],
  ['tags=["a"]', { tags: ["a"] }],
  ["to=alice", { to: "alice" }],
  ["to=42", { to: "42" }],
  ["unknown=1", { unknown: 1 }],
] as const)("%s", ([word, expected]) => {
  expect(readArguments([word], schema)).toEqual(expected);
});

test("a key that is repeated makes a list", () => {
  expect(readArguments(["to=1", "list=1", "to=2", "list=2"], schema)).toEqual({
    to: ["1", "2"],
    list: [1, 2],
  });
});

test("a key that is an object's own business stays a plain key", () => {
  expect(Object.keys(readArguments(["__proto__=1"], {}))).toEqual(["__proto__"]);
});

test.for([[["nonsense"]], [["{"]], [["[1]"]], [["id=a", "id=b"]]])("refused: %j", ([words]) => {
  expect(() => readArguments(words!, schema)).toThrow();
});

test("arguments of prompts are texts", () => {
  expect(readTexts(["a=1", "b=true"])).toEqual({ a: "1", b: "true" });
  expect(readTexts(['{"a": 1}'])).toEqual({ a: "1" });
});

test("what does not fit is named", () => {
  expect(misfits({ id: "a" }, schema)).toEqual([]);
  expect(misfits({ cuont: 1, color: "blue" }, schema)).toEqual([
    "id is missing: string",
    "cuont is no argument of it; did you mean count?",
    "color must be equal to one of the allowed values",
  ]);
  expect(misfits({}, { ...schema, $schema: "https://example.com/unknown-draft" })).toEqual([
    "id is missing: string",
  ]);
});

test("a schema in one line", () => {
  expect(signature("draw", schema)).toBe(
    'draw(id: string, count?: integer, list?: number[], either?: number | string, maybe?: boolean | null, point?: object, color?: "red" | "green", tags?: string[] | null, to?: string | string[])',
  );
});

test("the nearest name", () => {
  expect(nearest("lsit_users", ["list_users", "get_user"])).toBe("list_users");
  expect(nearest("users", ["list_users", "other"])).toBe("list_users");
  expect(nearest("x", ["y"])).toBeUndefined();
});

test("headers: variables, and the project's own token only for its own server", () => {
  const variables = { MCP_TOKEN: "t", KEY: "k" };
  expect(headersFor(["X-Key: ${KEY}"], variables, true)).toEqual({ "x-key": "k", authorization: "Bearer t" });
  expect(headersFor(["authorization: none"], variables, true)).toEqual({ authorization: "none" });
  expect(headersFor([], variables, false)).toEqual({});
  expect(() => headersFor(["nonsense"], variables, false)).toThrow("no header");
});

test.for([
  [{ enum: ["red", "green"] }, ["red", "green"]],
  [{ const: 1 }, [1]],
  [{ type: "boolean" }, [true, false]],
  [{ anyOf: [{ enum: ["a"] }, { type: "null" }] }, ["a", null]],
  [{ anyOf: [{ enum: ["a"] }, { type: "string" }] }, []],
  [{ type: "string" }, []],
  [undefined, []],
] as const)("the values to choose from: %j", ([property, values]) => {
  expect(allowedValues(property)).toEqual(values);
});

test("a pattern that nobody can read is not shown", () => {
  const pattern = `^${"(?:a, b)".repeat(10)}$`;
  const problemsOf = (property: object): string[] =>
    misfits({ when: "x" }, { type: "object", properties: { when: { type: "string", ...property } } });
  expect(problemsOf({ pattern, format: "date" })).toEqual(['when must match format "date"']);
  expect(problemsOf({ pattern })).toEqual(["when does not have the form that the schema's pattern asks for"]);
  expect(problemsOf({ pattern: "^a$" })).toEqual(['when must match pattern "^a$"']);
});

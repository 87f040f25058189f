/** Names of what is added: one name in any spelling, the words that cannot be one, and addresses of resources. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addedKinds, namesOf, readAddedName, spellingOf } from "../../../src/scaffold/added-names.ts";
import { defaultUri, filledUri, readResourceUri } from "../../../src/scaffold/resource-uri.ts";

const read = (text: string) => {
  const result = readAddedName(text, "tool");
  return result.ok ? result.words : [];
};

describe("a name", () => {
  test.each(["get-forecast", "getForecast", "get_forecast", "get forecast", " GetForecast ", "GET_FORECAST"])(
    "%j is get forecast",
    (text) => {
      expect(namesOf(read(text), "tool")).toEqual({
        ...{ file: "get-forecast", exported: "getForecast", mcp: "getForecast", title: "Get forecast" },
      });
    },
  );

  test("is spelled as the templates do it, or as the server does", () => {
    expect(namesOf(["current", "user"], "resource")).toMatchObject({ exported: "currentUserResource" });
    expect(namesOf(["long", "story"], "prompt")).toMatchObject({
      exported: "longStoryPrompt",
      mcp: "long-story",
    });
    expect(namesOf(["get", "it"], "tool", "snake")).toMatchObject({
      file: "get-it",
      exported: "getIt",
      mcp: "get_it",
    });
    expect(spellingOf(["get_it", "put_it", "whoAmI", "add"])).toBe("snake");
    expect(spellingOf(["add"])).toBeUndefined();
  });

  test("keeps shortened words and numbers together", () => {
    expect(read("parseHTTPHeader")).toEqual(["parse", "http", "header"]);
    expect(read("sha256Of")).toEqual(["sha256", "of"]);
  });

  test.each([
    ["weather!", "weather", /more than letters/],
    ["../../etc/passwd", "etc-passwd", /more than letters/],
    ["prévision", "prevision", /more than letters/],
    ["天気", "my-tool", /more than letters/],
    ["--_ ", "my-tool", /letters in it/],
    ["3d-model", "model-3d", /begins with a digit/],
    ["delete", "delete-item", /reserved word/],
    ["await", "await-item", /reserved word/],
    ["index", "index-tool", /lists all tools/],
    ["nul", "nul-tool", /Windows/],
    [`x${"-long".repeat(20)}`, `x${"-long".repeat(12)}`, /longer than the 64/],
  ])("%j is refused, and %j suggested", (text, suggestion, problem) => {
    const result = readAddedName(text, "tool");
    expect(result).toMatchObject({ ok: false, suggestion });
    expect(result).toHaveProperty("problem", expect.stringMatching(problem));
    expect(readAddedName(suggestion, "tool")).toMatchObject({ ok: true });
  });

  test("that is a reserved word is fine where the export has more", () => {
    expect(readAddedName("default", "prompt")).toMatchObject({ ok: true });
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{1,6}[a-z]$/);

test("every spelling of the same words is the same name", () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...addedKinds),
      (words, kind) => {
        const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
        const camel = words.map((each, index) => (index === 0 ? each : capital(each))).join("");
        const spellings = [words.join("-"), words.join("_"), words.join(" "), camel, capital(camel)];
        const results = spellings.map((text) => readAddedName(text, kind));
        if (results[0]?.ok !== true) return;
        for (const result of results) expect(result).toEqual({ ok: true, words });
      },
    ),
  );
});

test("what is accepted is a file in its folder, an identifier and a name that all clients take", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9 _-]{0,70}$/)),
      fc.constantFrom(...addedKinds),
      (text, kind) => {
        const result = readAddedName(text, kind);
        if (!result.ok) {
          expect(readAddedName(result.suggestion, kind).ok).toBe(true);
          return;
        }
        const { file, exported, mcp } = namesOf(result.words, kind);
        expect(file).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        expect(exported).toMatch(/^[a-z][A-Za-z0-9]*$/);
        expect(mcp).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      },
    ),
    { numRuns: 500 },
  );
});

describe("an address", () => {
  test.each([
    ["shop://orders", []],
    ["shop://orders/{id}/{line}", ["id", "line"]],
    ["file:///{path}", ["path"]],
  ])("%s has the arguments %j", (text, args) => {
    const result = readResourceUri(text);
    expect(result).toEqual({ ok: true, uri: { text, args } });
    expect(URL.canParse(filledUri({ text, args }, "42"))).toBe(true);
  });

  test.each([
    ["orders", /scheme/],
    ["{scheme}://x", /scheme/],
    ["shop://a b", /spaces/],
    ["shop://{?q}", /\{\?q\} is no argument/],
    ["shop://{}", /\{\} is no argument/],
    ["shop://{id}/{id}", /twice/],
    ["shop://{id", /braces/],
  ])("%s is none", (text, problem) => {
    expect(readResourceUri(text)).toHaveProperty("problem", expect.stringMatching(problem));
  });

  test("is in the scheme of the others, else in one of the project", () => {
    expect(defaultUri("tides", ["session://a", "session://b", "file:///c"], "x").text).toBe(
      "session://tides",
    );
    expect(defaultUri("tides", ["file:///c"], "@acme/9 Weather").text).toBe("weather://tides");
    expect(defaultUri("tides", [], "").text).toBe("app://tides");
  });

  test("whatever the project is called, it is one", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(readResourceUri(defaultUri("tides", [], name).text).ok).toBe(true);
      }),
    );
  });
});

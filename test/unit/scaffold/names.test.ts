/** Names: what npm accepts, what it is told otherwise, and that a suggestion is always accepted. */
import { homedir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import validate from "validate-npm-package-name";
import { expect, test } from "vitest";
import { readDirectory } from "../../../src/scaffold/directory.ts";
import { shellWord } from "../../../src/scaffold/invocation.ts";
import { nameOfFolder, nameProblem, nearestName } from "../../../src/scaffold/names.ts";

test.each([
  ["/home/me/my-server", "my-server"],
  ["/home/me/@acme/weather", "@acme/weather"],
  ["/home/me/@/weather", "weather"],
  ["/", ""],
])("the folder %s makes the name %s", (folder, name) => {
  expect(nameOfFolder(folder)).toBe(name);
});

test.each([
  ["My Server", "my-server"],
  ["MyServer", "my-server"],
  ["Über Café", "uber-cafe"],
  ["http", "http-server"],
  ["node_modules", "node-modules"],
  ["@Acme/Weather", "@acme/weather"],
  ["...", undefined],
  ["con", "con-server"],
  ["@acme/lpt1", "@acme/lpt1-server"],
  ["nul.txt", "nul-txt"],
])("%s is refused, %s suggested", (name, suggestion) => {
  expect(nameProblem(name)).toBeTypeOf("string");
  expect(nearestName(name)).toBe(suggestion);
});

test("a suggestion is a name that npm accepts, and its own suggestion", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const near = nearestName(text);
      if (near === undefined) return;
      expect(nameProblem(near)).toBeUndefined();
      expect(nearestName(near)).toBe(near);
    }),
  );
});

test("what is accepted as a directory lies where it says and has a name that npm accepts", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webPath(), fc.stringMatching(/^@?[a-z]{1,9}(\/[a-z-]{1,9})?$/)),
      (text) => {
        const read = readDirectory(text, "/home/me/here");
        if (!read.ok) return;
        expect(validate(read.name).validForNewPackages).toBe(true);
        expect(join(read.path)).toMatch(new RegExp(`/${read.name.replace(/[.+]/g, "\\$&")}$`));
      },
    ),
  );
});

test("a home folder is meant as a shell would mean it", () => {
  expect(readDirectory("~/projects/my-server", "/home/me/here")).toMatchObject({
    ok: true,
    path: join(homedir(), "projects/my-server"),
  });
  expect(shellWord("~me")).toBe("'~me'");
});

test.each([
  ["My Server", "my-server"],
  ["services/My Server", "services/my-server"],
  ["packages/@Acme/Weather", "packages/@acme/weather"],
  ["/srv/My Server", "/srv/my-server"],
])("instead of %s, %s is suggested", (typed, suggestion) => {
  expect(readDirectory(typed, "/home/me/here")).toMatchObject({ ok: false, suggestion });
});

test("the current folder has its name already: the project takes a near one", () => {
  expect(readDirectory(".", "/home/me/My Project")).toMatchObject({ ok: true, name: "my-project" });
  expect(readDirectory("../My Project", "/home/me/here")).toMatchObject({ ok: false });
  expect(readDirectory(".", "/home/me/日本")).toMatchObject({ ok: false });
});

test.each(["", "   ", "a\0b", "/", "..", "Bad Name"])("the directory %j is refused", (text) => {
  expect(readDirectory(text, "/")).toMatchObject({ ok: false });
});

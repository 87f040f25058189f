/** Writing: whole or not at all, over nothing that was not agreed to, never through a link. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { place } from "../../../src/scaffold/place.ts";
import { findTarget, fitInto, refuseConflicts } from "../../../src/scaffold/target.ts";

const files = ["package.json", "src/a.ts", "src/deep/b.ts"].map((path) => ({
  path,
  content: path,
  secret: false,
}));
const paths = files.map(({ path }) => path);
const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "place-"));
});
afterEach(() => rm(folder, { recursive: true }));

const everything = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).sort();

/** Aborted when it is asked for the nth time. */
function abortedAt(count: number): AbortSignal {
  let asked = 0;
  const controller = new AbortController();
  controller.signal.throwIfAborted = () => {
    asked += 1;
    if (asked > count) throw new Error("aborted");
  };
  return controller.signal;
}

test("a new project below folders that are missing, and back again", async () => {
  const target = await findTarget(join(folder, "a", "b", "project"));
  const placed = await place(target, files, [], never);
  expect(await readdir(join(folder, "a", "b"))).toEqual(["project"]);
  await writeFile(join(folder, "a", "b", "project", "installed"), "");
  await placed.undo();
  expect(await everything()).toEqual([]);
});

test.each([0, 1, 2, 3])("aborted after %i files of a new project: nothing is left", async (count) => {
  const target = await findTarget(join(folder, "a", "project"));
  await expect(place(target, files, [], abortedAt(count))).rejects.toThrow("aborted");
  expect(await everything()).toEqual([]);
});

test.each([0, 2, 4, 5, 6])("aborted at step %i in a folder that exists: it is as it was", async (count) => {
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "src", "a.ts"), "mine");
  await writeFile(join(folder, "notes.txt"), "mine");
  const before = await everything();
  await expect(place(await findTarget(folder), files, [], abortedAt(count))).rejects.toThrow("aborted");
  expect(await everything()).toEqual(before);
  expect(await readFile(join(folder, "src", "a.ts"), "utf8")).toBe("mine");
});

test("what is written over can be read by the same people as before, and what is secret by its owner", async () => {
  const target = await findTarget(folder);
  for (const name of ["package.json", ".env"]) await writeFile(join(folder, name), "mine", { mode: 0o664 });
  for (const name of ["package.json", ".env"]) await chmod(join(folder, name), 0o664);
  await place(target, [...files, { path: ".env", content: "", secret: true }], [], never);
  expect((await stat(join(folder, "package.json"))).mode & 0o777).toBe(0o664);
  expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
});

test("an edit of a file that was saved meanwhile is given up, with all that went before", async () => {
  await writeFile(join(folder, "list.ts"), "saved");
  const edit = { path: "list.ts", content: "edited", secret: false, before: "as it was" };
  await expect(place(await findTarget(folder), [...files, edit], [], never)).rejects.toThrow(
    /saved meanwhile/,
  );
  expect(await everything()).toEqual(["list.ts"]);
  expect(await readFile(join(folder, "list.ts"), "utf8")).toBe("saved");
});

test("an edit of a file that is gone is given up", async () => {
  const edit = { path: "list.ts", content: "edited", secret: false, before: "as it was" };
  await expect(place(await findTarget(folder), [edit], [], never)).rejects.toThrow(/saved meanwhile/);
  expect(await everything()).toEqual([]);
});

test("undone in a folder that exists: what was written over is back, what later steps made is gone", async () => {
  await writeFile(join(folder, "package.json"), "mine");
  await writeFile(join(folder, "package-lock.json"), "mine");
  const leftovers = ["node_modules", "package-lock.json"];
  const placed = await place(await findTarget(folder), files, leftovers, never);
  expect(await readFile(join(folder, "package.json"), "utf8")).toBe("package.json");
  await mkdir(join(folder, "node_modules", "zod"), { recursive: true });
  await writeFile(join(folder, "package-lock.json"), "installed");
  await placed.undo();
  expect(await everything()).toEqual(["package-lock.json", "package.json"]);
  for (const name of await everything()) expect(await readFile(join(folder, name), "utf8")).toBe("mine");
});

test("harmless files are fine, README.md is kept, conflicts are named, --force allows them", async () => {
  await mkdir(join(folder, ".git"));
  for (const name of ["LICENSE", "README.md", "package.json", "notes.txt"])
    await writeFile(join(folder, name), "");
  const target = await findTarget(folder);
  const fit = await fitInto(target, [...paths, "README.md"]);
  expect(fit).toMatchObject({ keep: ["README.md"], overwrite: ["package.json"], foreign: ["notes.txt"] });
  expect(() => refuseConflicts(target, fit, false)).toThrow(/package\.json, notes\.txt/);
  expect(() => refuseConflicts(target, fit, true)).not.toThrow();
});

test("nothing is written through a link or over a folder, not even with --force", async () => {
  const target = await findTarget(folder);
  await symlink(tmpdir(), join(folder, "src"));
  await expect(fitInto(target, paths)).rejects.toThrow("src is a link");
  await rm(join(folder, "src"));
  await mkdir(join(folder, "package.json"));
  await expect(fitInto(target, paths)).rejects.toThrow("package.json is a folder");
});

test("a file in place of the folder, or above it, is said so", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(findTarget(join(folder, "file"))).rejects.toThrow(/is a file, not a directory/);
  await expect(findTarget(join(folder, "file", "project"))).rejects.toThrow(/a part of its path is a file/);
});

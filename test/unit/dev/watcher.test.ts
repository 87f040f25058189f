import { readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SaveReasons } from "../../../src/dev/save-reasons.ts";
import { Watcher } from "../../../src/dev/watcher.ts";

let folder: string;
let file: string;
let watcher: Watcher;
/** What the file held at each save, and "…" where one was announced. */
let seen: string[];
let onSave: () => void;
/** The files of the last save. */
let saved: readonly string[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "watcher-")));
  file = join(folder, "server.ts");
  await writeFile(file, "zero");
  seen = [];
  onSave = () => undefined;
  const globs = { environmentFiles: [], watchGlobs: [], ignoreGlobs: [] };
  watcher = new Watcher({
    reasons: new SaveReasons({ project: folder, entryFile: file, ...globs }),
    onTouch: () => undefined,
    onChange: () => seen.push("…"),
    onSave: (files) => {
      saved = files;
      seen.push(readFileSync(file, "utf8"));
      onSave();
    },
    onError: (error) => expect.unreachable(error.message),
  });
  await watcher.ready;
  // The system's events begin a moment later.
  let tries = 0;
  await expect
    .poll(
      () => {
        const isSeen = tries > 0 && seen.at(-1) === String(tries);
        if (!isSeen) writeFileSync(file, String(++tries));
        return isSeen;
      },
      { interval: 200, timeout: 4000 },
    )
    .toBe(true);
  seen = [];
});
afterEach(async () => {
  await watcher.close();
  await rm(folder, { recursive: true });
});

test("a save right after another one, of which no event may come, is taken too", async () => {
  onSave = () => {
    if (seen.at(-1) === "one") writeFileSync(file, "two");
  };
  await writeFile(file, "one");
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("two");
  expect(seen.filter((text) => text !== "…")).toEqual(["one", "two"]);
});

test("an imported file that was saved after it may have been read is a save, and one from before is none", async () => {
  const [early, late] = [join(folder, "../early.ts"), join(folder, "../late.ts")].map(
    (path) => `${path.slice(0, -3)}-${process.pid}.ts`,
  ) as [string, string];
  await writeFile(early, "early");
  await expect.poll(() => Date.now() - statSync(early).ctimeMs).toBeGreaterThan(20);
  const since = Date.now();
  await expect.poll(() => Date.now() - since).toBeGreaterThan(20);
  await writeFile(late, "late");
  watcher.addImported([early], since);
  watcher.addImported([late], since);
  await expect.poll(() => saved).toEqual([late]);
  await Promise.all([rm(early), rm(late)]);
});

test("a server that writes what it imports, by another name each time, is not reloaded for ever", async () => {
  const made: string[] = [];
  const saves: string[] = [];
  onSave = () => saves.push(...saved);
  for (let count = 0; count < 6; count++) {
    const path = join(folder, `../made-${process.pid}-${count}.ts`);
    made.push(path);
    const since = Date.now();
    await writeFile(path, "made");
    watcher.addImported([path], since);
    // A save of the server's own code, which is seen after all that came before.
    if (count === 5) await writeFile(file, "last");
  }
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("last");
  expect(saves.filter((path) => made.includes(path)).length).toBeLessThanOrEqual(3);
  await Promise.all(made.map((path) => rm(path)));
});

test("what was written since is taken for a save although it is as before, and what the last save left is not", async () => {
  const since = Date.now();
  await writeFile(file, "one");
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("one");
  expect(watcher.takeWritten([file], since)).toEqual([]);
  const { length } = seen;
  await writeFile(file, "one");
  expect(watcher.takeWritten([file], Date.now() + 1000)).toEqual([]);
  expect(watcher.takeWritten([file], since)).toEqual([file]);
  await expect.poll(() => seen.slice(length).at(-1), { timeout: 4000 }).toBe("one");
  expect(watcher.takeWritten([file], since)).toEqual([]);
});

test("saves of what is there already, one after the other without end, are taken for a save once at most", async () => {
  await writeFile(file, "one");
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("one");
  const { length } = seen;
  const end = Date.now() + 400;
  while (Date.now() < end) await writeFile(file, "one");
  // The next real one comes after all that was noticed of those.
  await writeFile(file, "two");
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("two");
  const taken = seen.slice(length).filter((text) => text === "one" || text === "");
  expect(taken.length).toBeLessThanOrEqual(1);
});

test("it is announced at once to who looks", async () => {
  const announced: (readonly string[])[] = [];
  onSave = () => {
    if (seen.at(-1) !== "one") return;
    writeFileSync(file, "two");
    const { length } = seen;
    watcher.look();
    announced.push(seen.slice(length));
  };
  await writeFile(file, "one");
  await expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe("two");
  expect(announced).toEqual([["…"]]);
});

test(
  "when it is closed, what a child still tells keeps the process alive no longer",
  { timeout: 20_000 },
  async () => {
    const source = (name: string): string =>
      pathToFileURL(join(import.meta.dirname, `../../../src/dev/${name}.ts`)).href;
    const script = `import { SaveReasons } from "${source("save-reasons")}";
import { Watcher } from "${source("watcher")}";
const folder = ${JSON.stringify(folder)};
const globs = { environmentFiles: [], watchGlobs: [], ignoreGlobs: [] };
const nothing = () => undefined;
const watcher = new Watcher({
  reasons: new SaveReasons({ project: folder, entryFile: folder + "/server.ts", ...globs }),
  onChange: nothing, onSave: nothing, onError: nothing,
});
await watcher.ready;
await watcher.close();
watcher.addImported([${JSON.stringify(import.meta.filename)}], Infinity);
`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    const { exitCode, timedOut } = await execa(process.execPath, args, { reject: false, timeout: 15_000 });
    expect({ exitCode, timedOut }).toEqual({ exitCode: 0, timedOut: false });
  },
);

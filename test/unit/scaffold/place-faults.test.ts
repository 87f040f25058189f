/** Every step of placing files fails or is cancelled, one after the other, and the folder is as it was. */
import type * as fs from "node:fs/promises";
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { place, SavedMeanwhile } from "../../../src/scaffold/place.ts";
import { findTarget, type Target } from "../../../src/scaffold/target.ts";
import { LeftBehind } from "../../../src/scaffold/undo.ts";

/** What happens at a step that changes the file system; none in undoing, which begins with the fault. */
const fault = vi.hoisted((): { atStep: (() => void) | undefined } => ({ atStep: undefined }));
/** A file system, and somebody who saves a file as soon as it was put aside. */
const disk = vi.hoisted(
  (): { hasLinks: boolean; canRemove: boolean; afterAside: (() => Promise<void>) | undefined } => ({
    hasLinks: true,
    canRemove: true,
    afterAside: undefined,
  }),
);

vi.mock("node:fs/promises", async (importActual) => {
  const actual = await importActual<typeof fs>();
  const failing =
    <Args extends unknown[], Result>(change: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      fault.atStep?.();
      return change(...args);
    };
  return {
    ...actual,
    mkdir: failing(actual.mkdir as (...args: unknown[]) => Promise<unknown>),
    rename: failing(async (from: string, to: string) => {
      await actual.rename(from, to);
      if (basename(to).startsWith("replaced-")) await disk.afterAside?.();
    }),
    link: failing(async (from: string, to: string) => {
      if (!disk.hasLinks) throw Object.assign(new Error("not permitted"), { code: "EPERM" });
      await actual.link(from, to);
      await disk.afterAside?.();
    }),
    rm: (...args: Parameters<typeof actual.rm>) =>
      disk.canRemove ? actual.rm(...args) : Promise.reject(new Error("it is locked")),
    chmod: failing(actual.chmod),
    copyFile: failing(actual.copyFile),
    // A full disk is found out after the file is there.
    writeFile: async (...args: Parameters<typeof actual.writeFile>) => {
      await actual.writeFile(...args);
      fault.atStep?.();
    },
  };
});

const files = ["package.json", "src/a.ts", "src/deep/b.ts", ".env"].map((path) => ({
  path,
  content: path,
  secret: path === ".env",
}));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "place-"));
});
afterEach(async () => {
  fault.atStep = undefined;
  disk.hasLinks = true;
  disk.canRemove = true;
  disk.afterAside = undefined;
  await rm(folder, { recursive: true });
});

/** Path → content and mode; a folder's is its mode. */
async function everything(): Promise<Record<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).sort();
  const states = paths.map(async (path) => {
    const state = await lstat(join(folder, path));
    const content = state.isFile() ? await readFile(join(folder, path), "utf8") : "folder";
    return [path, `${content} ${(state.mode & 0o777).toString(8)}`] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

const kinds = {
  "a disk that is full": (): never => {
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  },
  "Ctrl-C": (controller: AbortController): void => controller.abort(new Error("cancelled")),
};

const targets: Record<string, () => Promise<Target>> = {
  "a new folder": () => findTarget(join(folder, "above", "project")),
  "a folder with files of the same names": async () => {
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "package.json"), "mine", { mode: 0o755 });
    await writeFile(join(folder, "src", "a.ts"), "mine");
    await writeFile(join(folder, "notes.txt"), "mine");
    await writeFile(join(folder, "package-lock.json"), "mine", { mode: 0o640 });
    return findTarget(folder);
  },
};

describe.each(Object.entries(kinds))("%s", (_kind, strike) => {
  test.each(Object.entries(targets))("at every step, in %s", async (_target, prepare) => {
    const target = await prepare();
    const before = await everything();
    for (let struckAt = 1; ; struckAt += 1) {
      const controller = new AbortController();
      let step = 0;
      fault.atStep = () => {
        if (++step !== struckAt) return;
        fault.atStep = undefined;
        strike(controller);
      };
      const leftovers = ["node_modules", "package-lock.json"];
      const outcome = await place(target, files, leftovers, controller.signal).catch(() => "failed" as const);
      const wasStruck = step === struckAt;
      fault.atStep = undefined;
      // Cancelled behind the last look at the signal: who called looks next.
      if (outcome !== "failed") await outcome.undo();
      expect(await everything(), `struck at step ${struckAt}`).toEqual(before);
      if (!wasStruck) {
        expect(struckAt).toBeGreaterThan(files.length * 2);
        return;
      }
    }
  });
});

test("what cannot be taken back is said and not thrown away; all else is taken back", async () => {
  const target = await targets["a folder with files of the same names"]!();
  const placed = await place(target, files, [], new AbortController().signal);
  let renames = 0;
  fault.atStep = () => {
    if (++renames === 1) throw new Error("it is locked");
  };
  const left = await placed.undo(new Error("the install broke")).catch((error: unknown) => error);
  expect(await readFile(join(folder, "package.json"), "utf8")).toBe("mine");
  const [staging] = (await readdir(folder)).filter((name) => name.startsWith(".create-fastmcp-"));
  const aside = join(folder, staging!, "replaced-2");
  expect(await readFile(aside, "utf8")).toBe("mine");
  expect(left).toBeInstanceOf(LeftBehind);
  expect(left).toMatchObject({
    message: "the install broke; what was begun could not be taken back: it is locked",
    hint: `your a.ts is in ${aside}; move it back to ${join(folder, "src/a.ts")}`,
  });
});

test.each([true, false])("what is saved while an edit is placed stays (hard links: %s)", async (hasLinks) => {
  disk.hasLinks = hasLinks;
  disk.afterAside = async () => {
    disk.afterAside = undefined;
    await writeFile(join(folder, "list.new"), "saved");
    await rename(join(folder, "list.new"), join(folder, "list.ts"));
  };
  await writeFile(join(folder, "list.ts"), "as it was");
  const edit = { path: "list.ts", content: "edited", secret: false, before: "as it was" };
  await expect(place(await findTarget(folder), [edit], [], new AbortController().signal)).rejects.toThrow(
    SavedMeanwhile,
  );
  expect(await everything()).toEqual({ "list.ts": "saved 644" });
});

test("a file that cannot be written is named, with what can be done", async () => {
  let step = 0;
  fault.atStep = () => {
    // Behind those of the folder that it is written in first.
    if (++step > 3) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  };
  const added = [{ path: "a.ts", content: "", secret: false }];
  await expect(
    place(await findTarget(folder), added, [], new AbortController().signal),
  ).rejects.toMatchObject({
    message: `cannot write ${join(folder, "a.ts")}: permission denied`,
    hint: "make that place writable; nothing was left behind",
  });
});

test("what was written over and cannot be removed is named, and the project stays", async () => {
  const placed = await place(
    await targets["a folder with files of the same names"]!(),
    files,
    [],
    new AbortController().signal,
  );
  disk.canRemove = false;
  const [staging] = (await readdir(folder)).filter((name) => name.startsWith(".create-fastmcp-"));
  await expect(placed.keep()).rejects.toMatchObject({ hint: `remove ${join(folder, staging!)}` });
  expect(await readFile(join(folder, "package.json"), "utf8")).toBe("package.json");
});

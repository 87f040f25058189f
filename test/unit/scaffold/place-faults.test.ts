/** Every step of placing files fails or is cancelled, one after the other, and the folder is as it was. */
import type * as fs from "node:fs/promises";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LeftBehind, place } from "../../../src/scaffold/place.ts";
import { findTarget, type Target } from "../../../src/scaffold/target.ts";

/** What happens at a step that changes the file system; none in undoing, which begins with the fault. */
const fault = vi.hoisted((): { atStep: (() => void) | undefined } => ({ atStep: undefined }));

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
    rename: failing(actual.rename),
    chmod: failing(actual.chmod),
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
      const outcome = await place(target, files, ["node_modules"], controller.signal).catch(
        () => "failed" as const,
      );
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
  await expect(placed.undo()).rejects.toThrow(LeftBehind);
  expect(await readFile(join(folder, "package.json"), "utf8")).toBe("mine");
  const [aside] = (await readdir(folder)).filter((name) => name.startsWith(".create-fastmcp-"));
  expect(await readFile(join(folder, aside!, "replaced-2"), "utf8")).toBe("mine");
});

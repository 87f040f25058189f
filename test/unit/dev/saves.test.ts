/** Which saves are left when what the server writes by itself is taken away. */
import { EventEmitter } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Saves } from "../../../src/dev/saves.ts";

/** Tells what a test says, and nothing else. */
class Silent extends EventEmitter {
  closed = false;
  close(): Promise<void> {
    return Promise.resolve();
  }
}
let silent: Silent;
vi.mock("chokidar", () => ({ watch: () => (silent = new Silent()) }));

test.for([
  ["code that is saved after each call", "later.ts", "after", true],
  ["code that each call writes", "later.ts", "during", false],
  ["data that is written after each call", "later.json", "after", false],
] as const)("%s (%s, %s) is taken for a save each time: %s", async ([, name, when, expected]) => {
  const project = await realpath(await mkdtemp(join(tmpdir(), "saves-")));
  onTestFinished(() => rm(project, { recursive: true }));
  const [entryFile, file] = [join(project, "server.ts"), join(project, name)];
  const taken: string[] = [];
  let lastCallAt = (): number => 0;
  const saves = new Saves({
    project,
    entryFile,
    environmentFiles: [],
    watchGlobs: [],
    ignoreGlobs: [],
    recorder: () => undefined,
    lastCallAt: () => lastCallAt(),
    onTouch: () => undefined,
    onChange: () => undefined,
    onSave: (files) => taken.push(...files),
  });
  onTestFinished(() => saves.close());
  const write = async (path: string, text: string): Promise<void> => {
    await writeFile(path, text);
    silent.emit("all", "change", path);
  };
  for (const text of ["1", "2", "3", "4"]) {
    const before = Date.now();
    // Later than the pieces of one write.
    await expect.poll(() => Date.now() - before, { interval: 10 }).toBeGreaterThan(300);
    const calledAt = Date.now() - 50;
    lastCallAt = when === "during" ? Date.now : () => calledAt;
    await write(file, text);
  }
  await write(entryFile, "saved after all");
  await expect.poll(() => taken).toContain(entryFile);
  expect(taken.filter((path) => path === file).length === 4).toBe(expected);
});

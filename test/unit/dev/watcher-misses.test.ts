/** Events that never come: a file that is replaced in the moment in which another one is saved is noticed all the same. */
import { EventEmitter } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { SaveReasons } from "../../../src/dev/save-reasons.ts";
import { Watcher } from "../../../src/dev/watcher.ts";

/** Tells what a test says, and nothing else. */
class Silent extends EventEmitter {
  closed = false;
  add(): this {
    return this;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
const silent = new Silent();
vi.mock("chokidar", () => ({ watch: () => silent }));

test("the one whose event is lost", async () => {
  const project = await realpath(await mkdtemp(join(tmpdir(), "watcher-misses-")));
  onTestFinished(() => rm(project, { recursive: true }));
  const [told, lost] = [join(project, "told.ts"), join(project, "lost.ts")];
  for (const file of [told, lost]) await writeFile(file, "before");
  const saves: (readonly string[])[] = [];
  const reasons = new SaveReasons({
    project,
    entryFile: join(project, "server.ts"),
    environmentFiles: [],
    watchGlobs: [],
    ignoreGlobs: [],
  });
  const watcher = new Watcher({
    reasons,
    onTouch: () => undefined,
    onChange: () => undefined,
    onSave: (files) => saves.push(files),
    onError: () => undefined,
  });
  onTestFinished(() => watcher.close());
  watcher.addImported([told, lost], Date.now() + 1000);
  for (const file of [told, lost]) await writeFile(file, "after");
  silent.emit("all", "change", told);
  await expect.poll(() => saves, { timeout: 4000 }).toEqual([[told], [lost]]);
});

/** Which configuration a file is compiled with. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configFor } from "../../../src/dev/typescript.ts";

test("configurations that refer to each other and have no files: the one that was found first", async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "typescript-")));
  onTestFinished(() => rm(folder, { recursive: true }));
  const referring = (path: string): string => JSON.stringify({ files: [], references: [{ path }] });
  const [one, other] = [join(folder, "tsconfig.json"), join(folder, "tsconfig.other.json")];
  await writeFile(one, referring("./tsconfig.other.json"));
  await writeFile(other, referring("./tsconfig.json"));
  const compiler = join(folder, "no-compiler.js");
  expect(await configFor({ compiler, config: one }, join(folder, "server.ts"))).toBe(one);
});

/** .env files of `mcp dev`: later over earlier, the shell over all, read anew on a save, named and never shown. */
import { rename, rm } from "node:fs/promises";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";

test("later files over earlier ones, the shell over all, and a save of one reloads", async ({ bench }) => {
  const project = await bench.project("variables.ts");
  await project.save("first.env", "ONE=first\nTWO=first\nPATH=first\n");
  await project.save("second.env", "TWO=second\n");
  const args = ["--env-file", "first.env", "--env-file", "second.env"];
  const { records, url } = await bench.http(project, { args });
  const { client } = await bench.connect(url);
  const get = (name: string): Promise<string> => call(client, "get", { name });
  expect([await get("ONE"), await get("TWO")]).toEqual(["first", "second"]);
  expect(await get("PATH")).toBe(bench.env["PATH"]);
  await project.save("second.env", "THREE=third\n");
  expect(await records.reload("serving")).toMatchObject({ files: ["second.env"] });
  expect([await get("TWO"), await get("THREE")]).toEqual(["first", "third"]);
});

test(".env of the project is read without being named, and may come later", async ({ bench }) => {
  const project = await bench.project("variables.ts");
  const { records, url } = await bench.http(project);
  const { client } = await bench.connect(url);
  expect(await call(client, "get", { name: "LATE" })).toBe("(none)");
  await project.save(".env", "LATE=here\n");
  await records.reload("serving");
  expect(await call(client, "get", { name: "LATE" })).toBe("here");
});

test.for([
  ["is removed and comes back", (file: string) => rm(file)],
  ["is moved away while it is written", (file: string) => rename(file, `${file}~`)],
] as const)("a .env file that %s is read at each save from then on", async ([how, take], { bench }) => {
  const project = await bench.project("variables.ts");
  await project.save(".env", "WORD=one\n");
  const { records, url } = await bench.http(project);
  const { client } = await bench.connect(url);
  const word = (): Promise<string> => call(client, "get", { name: "WORD" });
  expect(await word()).toBe("one");
  await take(project.path(".env"));
  if (how === "is removed and comes back") {
    await records.reload("serving");
    expect(await word()).toBe("(none)");
  }
  await project.save(".env", "WORD=two\n");
  await records.reload("serving");
  await expect.poll(word).toBe("two");
  await project.save(".env.tmp", "WORD=three\n");
  await rename(project.path(".env.tmp"), project.path(".env"));
  await expect.poll(word, { timeout: 10_000 }).toBe("three");
  await project.save(".env", "WORD=four\n");
  await expect.poll(word, { timeout: 10_000 }).toBe("four");
});

test("--verbose tells which names come from where, and no value", async ({ bench }) => {
  const project = await bench.project("variables.ts");
  await project.save("first.env", "ONE=secret1\nTWO=secret2\nPATH=secret3\n");
  await project.save("second.env", "TWO=secret4\n");
  const args = ["--verbose", "--env-file", "first.env", "--env-file", "second.env"];
  const { see, screen } = await bench.terminal(project, { args });
  await see("first.env: ONE (a later file has TWO; the shell has PATH)");
  await see("second.env: TWO");
  await project.save("second.env", "TWO=secret4\nTHREE=secret5\n");
  await see("env second.env: THREE, TWO");
  expect(screen()).not.toContain("secret");
});

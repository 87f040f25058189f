/** Which saves are a reload, and how many reloads they are. */
import { writeFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { expect } from "vitest";
import type { LogRecord, ReloadEvent } from "../../src/log/record.ts";
import { call, test } from "../helpers/mcp-dev.ts";

function reloads(records: readonly LogRecord[]): readonly (readonly string[] | undefined)[] {
  return records.flatMap((record) =>
    record.kind === "reload" && record.event === "serving" ? [record.files] : [],
  );
}

test("an entry in a folder that is usually built", async ({ bench }) => {
  const project = await bench.project("javascript.mjs");
  await mkdir(project.path("dist"));
  const entry = await project.read("src/javascript.mjs");
  await project.save("dist/server.mjs", entry);
  const { url, records } = await bench.http(project, { entry: "dist/server.mjs" });
  const { client } = await bench.connect(url);
  await project.save("dist/server.mjs", entry.replace("Hello", "Salut"));
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
});

test.for([".mcp", ".git"])("a project below a folder that is called %s", async (folder, { bench }) => {
  const project = await bench.project("plain.ts");
  const inner = `${folder}/inner`;
  await mkdir(project.path(inner), { recursive: true });
  for (const name of ["package.json", "src"])
    await rename(project.path(name), project.path(`${inner}/${name}`));
  const { url, records } = await bench.http(project, { entry: `${inner}/src/plain.ts` });
  const { client } = await bench.connect(url);
  await project.save(`${inner}/src/greeting.ts`, 'export const greeting: string = "Salut";\n');
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
});

test("a file that is imported from elsewhere, built or not", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await mkdir(project.path("shared/build"), { recursive: true });
  await project.save("shared/build/word.ts", 'export const greeting: string = "built";\n');
  await project.save("src/greeting.ts", 'export { greeting } from "../shared/build/word.ts";\n');
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  expect(await call(client, "greet", { name: "you" })).toMatch(/^built/);
  await bench.eventually(async () => {
    await project.save("shared/build/word.ts", 'export const greeting: string = "rebuilt";\n');
    return (await call(client, "greet", { name: "you" })).startsWith("rebuilt") ? true : undefined;
  });
  expect(reloads(records.all)).toEqual([undefined, ["shared/build/word.ts"]]);
});

test("a file of a CommonJS package that an ES module imports from elsewhere", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await mkdir(project.path("shared"));
  const share = (word: string): Promise<void> =>
    project.save("shared/word.ts", `export const greeting: string = ${JSON.stringify(word)};\n`);
  await project.save("shared/package.json", "{}");
  await share("Hello");
  await project.save("src/greeting.ts", 'export { greeting } from "../shared/word.ts";\n');
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  await bench.eventually(async () => {
    await share("Salut");
    return (await call(client, "greet", { name: "you" })).startsWith("Salut") ? true : undefined;
  });
  expect(reloads(records.all)).toEqual([undefined, ["shared/word.ts"]]);
});

test("a file that a tool of a CommonJS project requires when it is called", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  await mkdir(project.path("lib"));
  const word = (text: string): Promise<void> =>
    project.save("lib/word.ts", `export const word = "${text}";\n`);
  await word("Hello");
  await project.save("package.json", "{}");
  const server = await project.read("src/plain.ts");
  await project.save(
    "src/plain.ts",
    server.replace("${greeting}", '${require("../lib/word").word}').replace("await server", "void server"),
  );
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello/);
  await word("Salut");
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Salut/);
  expect(reloads(records.all)).toEqual([undefined, ["lib/word.ts"]]);
});

test("a build outside the entry's folder that is removed, and made anew at leisure, each time", async ({
  bench,
}) => {
  const project = await bench.project("plain.ts");
  await mkdir(project.path("shared/dist"), { recursive: true });
  const build = (word: string): Promise<void> =>
    project.save("shared/dist/word.ts", `export const greeting: string = ${JSON.stringify(word)};\n`);
  await build("Hello");
  await project.save("src/greeting.ts", 'export { greeting } from "../shared/dist/word.ts";\n');
  const { url, records } = await bench.http(project);
  const { client } = await bench.connect(url);
  for (const word of ["Salut", "Hallo"]) {
    await rm(project.path("shared/dist"), { recursive: true });
    await records.reload("failed");
    // A build takes its time: longer than saves are looked for.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await mkdir(project.path("shared/dist"));
    await build(word);
    await records.reload("serving");
    expect(await call(client, "greet", { name: "you" })).toMatch(new RegExp(`^${word}`));
  }
  await build("Ciao");
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Ciao/);
});

/** Empties what it is about to import, as a build does, and writes the same again once that has failed. */
const word = '{ "greeting": "Hello" }\n';
/** Does not fail before the file is as it was, which is not its own work: a process may be given up in between. */
const emptiesWhatItImports = `import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
const [trap, read, word] = ["../trap", "../read", "./word.json"].map((path) => new URL(path, import.meta.url));
if (existsSync(trap)) {
  rmSync(trap);
  writeFileSync(word, "");
}
const imported = await import("./word.json", { with: { type: "json" } }).catch((error) => {
  writeFileSync(read, "");
  while (readFileSync(word).length === 0);
  throw error;
});
export const greeting: string = imported.default.greeting;
`;

test.for(["reload", "first start"])(
  "a file that is written anew, as it was, while a %s imports it",
  async (when, { bench }) => {
    const project = await bench.project("plain.ts");
    await project.save("src/word.json", word);
    await project.save("src/greeting.ts", emptiesWhatItImports);
    if (when === "first start") await project.save("trap", "");
    const { url, records } = await bench.http(project, { serving: when === "reload" });
    if (when === "reload") {
      await project.save("trap", "");
      await project.save("src/greeting.ts", `${emptiesWhatItImports}\n`);
    }
    // Or that process was given up already, because something is being saved.
    const isGivenUp = (): boolean =>
      records.all.some((record) => record.kind === "reload" && record.files?.includes("src/word.json"));
    const isRead = (): boolean => project.has("read") || isGivenUp();
    await expect.poll(isRead, { interval: 1 }).toBe(true);
    await project.save("src/word.json", word);
    await records.reload("serving");
    expect(reloads(records.all).at(-1)).toContain("src/word.json");
    const { client } = await bench.connect(url);
    expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello/);
  },
);

test("a server that writes what it imports and then fails is not reloaded for ever", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  const { records } = await bench.http(project);
  await project.save(
    "src/greeting.ts",
    `import { readFileSync, writeFileSync } from "node:fs";
const own = new URL(import.meta.url);
own.search = "";
writeFileSync(own, readFileSync(own));
export const greeting = "";
throw new Error("as always");
`,
  );
  const failures = (): number =>
    records.all.filter((record) => record.kind === "reload" && record.event === "failed").length;
  await expect.poll(failures).toBeGreaterThan(1);
  await project.greet("Salut");
  await records.reload("serving");
  expect(failures()).toBeLessThanOrEqual(4);
});

test("a server that writes beside its entry when it starts does not reload for ever", async ({ bench }) => {
  const { project, records } = await bench.http(await bench.project("writer.ts"));
  const told = await records.next((record) => record.kind === "error");
  expect(JSON.stringify(told)).toMatch(/src\/started\.json .*--watch/);
  await project.greet("Salut");
  const saved = (record: LogRecord): boolean =>
    record.kind === "reload" &&
    record.event === "serving" &&
    record.files?.includes("src/greeting.ts") === true;
  await records.next(saved);
  const count = reloads(records.all).length;
  await project.greet("Hallo");
  await records.next(saved);
  expect(reloads(records.all)).toHaveLength(count + 1);
});

test("a server that writes beside its entry when it is called keeps its memory, and what it writes is said", async ({
  bench,
}) => {
  const { project, url, records } = await bench.http(await bench.project("keeping.ts"));
  const { client } = await bench.connect(url);
  const countOf = async (): Promise<number> => Number((await call(client, "keep")).split(" ")[1]);
  expect(await countOf()).toBe(1);
  await records.reload("serving");
  const said = (): readonly string[] =>
    records.all.flatMap((record) => (record.kind === "error" ? [record.body.message] : []));
  const written = ["src/calls.json", "src/state.json", "'src/output-*.md'", "'src/notes/**'"];
  await bench.eventually(async () => {
    await countOf();
    return written.every((name) => said().some((line) => line.includes(name))) ? true : undefined;
  }, 500);
  expect(said().every((line) => /--watch .*--ignore/.test(line))).toBe(true);
  // A reload for what was written before may still be under way.
  const last = (event: ReloadEvent): LogRecord | undefined =>
    records.all.findLast((record) => record.kind === "reload" && record.event === event);
  await expect.poll(() => last("serving")?.generation, { timeout: 15_000 }).toBe(last("started")?.generation);
  const before = await countOf();
  const reloaded = reloads(records.all).length;
  for (const more of [1, 2, 3]) expect(await countOf()).toBe(before + more);
  await project.greet("Salut");
  await records.next(
    (record) =>
      record.kind === "reload" &&
      record.event === "serving" &&
      record.files?.includes("src/greeting.ts") === true,
  );
  expect(reloads(records.all).slice(reloaded)).toEqual([["src/greeting.ts"]]);
  expect(await call(client, "keep")).toBe("Salut 1");
});

test("a file that nothing imports, saved while nobody calls, is a reload each time", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("plain.ts"));
  const { client } = await bench.connect(url);
  for (const text of ["a", "b", "c"]) {
    await project.save("src/prompt.txt", text);
    await records.reload("serving");
  }
  expect(await call(client, "greet", { name: "you" })).toMatch(/^Hello/);
});

test("a hundred files at once, and an editor's atomic rename, are one reload each", async ({ bench }) => {
  const { project, url, records } = await bench.http(await bench.project("plain.ts"));
  const { client } = await bench.connect(url);
  await mkdir(project.path("src/generated"));
  for (let file = 0; file < 100; file++)
    writeFileSync(project.path(`src/generated/${file}.ts`), "export {};\n");
  await records.reload("serving");

  await project.save("src/sed0iIdz0", 'export const greeting: string = "renamed";\n');
  await rename(project.path("src/sed0iIdz0"), project.path("src/greeting.ts"));
  await records.reload("serving");
  expect(await call(client, "greet", { name: "you" })).toMatch(/^renamed/);
  const [, generated, renamed, ...more] = reloads(records.all);
  expect(new Set(generated?.map((file) => dirname(file)))).toEqual(new Set(["src/generated"]));
  expect([renamed, ...more]).toEqual([["src/greeting.ts"]]);
});

test("what is built, logged or kept in a database beside the code is no reload", async ({ bench }) => {
  const { project, records } = await bench.http(await bench.project("plain.ts"));
  await mkdir(project.path("src/dist"));
  for (const file of [
    "src/dist/a.js",
    "src/server.log",
    "src/data.sqlite",
    "src/data.sqlite-wal",
    "src/.x.swp",
    "src/sedA1b2C3",
  ])
    await project.save(file, "anything");
  await project.greet("Salut");
  await records.reload("serving");
  expect(reloads(records.all)).toEqual([undefined, ["src/greeting.ts"]]);
});

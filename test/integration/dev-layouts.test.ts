/** Where a server's code may lie and how it may be written: each layout serves, and a save in any part of it reloads. */
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import { root, type Project } from "../helpers/project.ts";

type Files = Readonly<Record<string, string>>;

/** A server whose one tool answers with `word`, imported as it is told. */
const server = (importing: string): string => `import { FastMCP } from "fastmcp";
${importing}
const server = new FastMCP({ name: "layout", version: "1.0.0" });
server.addTool({ name: "say", description: "Says it", execute: async () => String(word) });
await server.start({ transportType: "httpStream" });
`;
const word = (text: string): string => `export const word: string = ${JSON.stringify(text)};\n`;

/** An installed package that counts who imports it. */
const counted = (name: string): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, type: "module", exports: "./i.js" }),
  [`node_modules/${name}/i.js`]: `import { appendFileSync } from "node:fs";
appendFileSync(new URL("imports.txt", import.meta.url), "x");
export const word = "installed";\n`,
});

/** The second warm child is started when the first one is warm, and knows where that package is. */
async function bothWarm(project: Project, counting: string): Promise<void> {
  await expect
    .poll(() => project.read(`node_modules/${counting}/imports.txt`), { timeout: 10_000 })
    .toBe("xxx");
}

/** An empty project with these files. */
async function layout(bench: DevBench, files: Files, packages?: readonly string[]): Promise<Project> {
  const project = await bench.project("plain.ts", packages);
  for (const [file, text] of Object.entries(files)) await write(project, file, text);
  return project;
}

async function write(project: Project, file: string, text: string): Promise<void> {
  await mkdir(dirname(project.path(file)), { recursive: true });
  await project.save(file, text);
}

/** It serves from that entry, and a save of that file reloads. */
async function expectReload(
  bench: DevBench,
  project: Project,
  entry: string,
  save: readonly [file: string, text: string],
): Promise<void> {
  const { records, url } = await bench.http(project, { entry });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("one");
  await project.save(...save);
  await records.reload("serving");
  expect(await call(client, "say")).toBe("two");
}

test("an entry in a workspace package, and a linked package beside it", async ({ bench }) => {
  const project = await layout(bench, {
    "package.json": JSON.stringify({ name: "root", private: true, workspaces: ["packages/*"] }),
    "packages/words/package.json": JSON.stringify({
      name: "words",
      type: "module",
      exports: "./src/index.ts",
    }),
    "packages/words/src/index.ts": word("one"),
    "packages/server/package.json": JSON.stringify({ name: "server", type: "module" }),
    "packages/server/src/server.ts": server('import { word } from "words";'),
  });
  // As npm links workspaces: beside what is installed.
  await mkdir(project.path("packages/server/node_modules"));
  await symlink("../../words", project.path("packages/server/node_modules/words"));
  await expectReload(bench, project, "packages/server/src/server.ts", [
    "packages/words/src/index.ts",
    word("two"),
  ]);
});

test("a linked package outside the project's folder", async ({ bench }) => {
  const outside = await layout(bench, {
    "package.json": JSON.stringify({ name: "words", type: "module", exports: "./index.ts" }),
    "index.ts": word("one"),
  });
  const project = await layout(bench, { "src/server.ts": server('import { word } from "words";') }, [
    "fastmcp",
    "zod",
    "tsx",
  ]);
  await symlink(outside.folder, project.path("node_modules/words"));
  const { records, url } = await bench.http(project, { entry: "src/server.ts" });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("one");
  await outside.save("index.ts", word("two"));
  await records.reload("serving");
  expect(await call(client, "say")).toBe("two");
});

test("tsconfig paths", async ({ bench }) => {
  const project = await layout(bench, {
    "tsconfig.json": JSON.stringify({ compilerOptions: { paths: { "@words/*": ["./lib/*"] } } }),
    "lib/words.ts": word("one"),
    "src/server.ts": server('import { word } from "@words/words.ts";'),
  });
  await expectReload(bench, project, "src/server.ts", ["lib/words.ts", word("two")]);
});

test("paths of a tsconfig that the project's extends", async ({ bench }) => {
  const paths = (file: string): string => `{
  // Where the words are.
  "compilerOptions": { "paths": { "word": ["../lib/${file}"] } },
}`;
  const project = await layout(
    bench,
    {
      "tsconfig.json": '{ "extends": ["./shared/app"] }',
      "shared/app.json": '{ "extends": "./base.json" }',
      "shared/base.json": paths("one.ts"),
      "lib/one.ts": word("one"),
      "lib/two.ts": word("two"),
      ...counted("counted"),
      "src/server.ts": server('import "counted";\nimport { word } from "word";'),
    },
    ["fastmcp", "zod", "tsx"],
  );
  const { records, url } = await bench.http(project, { entry: "src/server.ts" });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("one");
  await bothWarm(project, "counted");
  await project.save("shared/base.json", paths("two.ts"));
  await records.reload("serving");
  expect(await call(client, "say")).toBe("two");
});

test("a file of the project's own that takes the place of an installed package", async ({ bench }) => {
  const project = await layout(
    bench,
    {
      "tsconfig.json": JSON.stringify({ compilerOptions: { paths: { words: ["./src/words.ts"] } } }),
      ...counted("words"),
      "src/server.ts": server('import { word } from "words";'),
    },
    ["fastmcp", "zod", "tsx"],
  );
  const { records, url } = await bench.http(project, { entry: "src/server.ts" });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("installed");
  await bothWarm(project, "words");
  await project.save("src/words.ts", word("own"));
  await records.reload("serving");
  expect(await call(client, "say")).toBe("own");
});

const common = `const { FastMCP } = require("fastmcp");
const { word } = require("./words.cjs");
const server = new FastMCP({ name: "layout", version: "1.0.0" });
server.addTool({ name: "say", description: "Says it", execute: async () => word });
void server.start({ transportType: "httpStream" });
`;

test.for([
  [
    "an ES module of TypeScript (.mts)",
    "src/server.mts",
    server('import { word } from "./words.mts";'),
    "words.mts",
  ],
  [
    "TypeScript with JSX (.tsx)",
    "src/server.tsx",
    server('import { word } from "./words.tsx";'),
    "words.tsx",
  ],
  [
    "an ES module of JavaScript",
    "src/server.mjs",
    server('import { word } from "./words.mjs";'),
    "words.mjs",
  ],
  ["CommonJS of JavaScript (.cjs)", "src/server.cjs", common, "words.cjs"],
  [
    "CommonJS of TypeScript (.cts)",
    "src/server.ts",
    server('import { word } from "./words.cts";'),
    "words.cts",
  ],
] as const)("%s", async ([, entry, text, words], { bench }) => {
  const said = (now: string): string => {
    if (words === "words.cjs") return `exports.word = ${JSON.stringify(now)};\n`;
    return words === "words.mjs" ? `export const word = ${JSON.stringify(now)};\n` : word(now);
  };
  const project = await layout(bench, { [entry]: text, [`src/${words}`]: said("one") });
  await expectReload(bench, project, entry, [`src/${words}`, said("two")]);
});

test("CommonJS of TypeScript in a package without a type", async ({ bench }) => {
  const text = common.replace("words.cjs", "words");
  const project = await layout(bench, {
    "package.json": JSON.stringify({ name: "common" }),
    "src/server.ts": text,
    "src/words.ts": word("one"),
  });
  await expectReload(bench, project, "src/server.ts", ["src/words.ts", word("two")]);
});

test("pnpm's layout: packages are links into a store", async ({ bench }) => {
  const files = {
    "package.json": JSON.stringify({ name: "store", type: "module" }),
    "src/server.ts": server('import { word } from "./words.ts";'),
    "src/words.ts": word("one"),
  };
  const project = await layout(bench, files, []);
  for (const name of ["fastmcp", "zod", "tsx"]) {
    const store = `node_modules/.pnpm/${name}@0.0.0/node_modules`;
    await mkdir(project.path(store), { recursive: true });
    await symlink(join(root, "node_modules", name), project.path(`${store}/${name}`));
    await symlink(`.pnpm/${name}@0.0.0/node_modules/${name}`, project.path(`node_modules/${name}`));
  }
  await expectReload(bench, project, "src/server.ts", ["src/words.ts", word("two")]);
});

test.for(["with two  spaces", "größe-日本-ñ", "per%20cent #hash"])(
  "a folder named %j",
  async (name, { bench }) => {
    const project = await layout(bench, {});
    const folder = `${name}/src`;
    await write(project, `${name}/package.json`, JSON.stringify({ name: "named", type: "module" }));
    await write(project, `${folder}/server.ts`, server('import { word } from "./words.ts";'));
    await write(project, `${folder}/words.ts`, word("one"));
    await expectReload(bench, project, `${folder}/server.ts`, [`${folder}/words.ts`, word("two")]);
  },
);

test("a process of its own, in TypeScript", async ({ bench }) => {
  const importing = `import { fork } from "node:child_process";
import { once } from "node:events";
const [word] = await once(fork(new URL("./helper.ts", import.meta.url)), "message");`;
  const project = await layout(bench, {
    "src/server.ts": server(importing),
    "src/helper.ts": 'process.send?.("helped" as string, () => process.disconnect());\n',
  });
  const { url } = await bench.http(project, { entry: "src/server.ts" });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("helped");
});

test("a thread of its own, with the process's own flags", async ({ bench }) => {
  const importing = `import { once } from "node:events";
import { Worker } from "node:worker_threads";
const { execArgv } = process;
const [word] = await once(new Worker(new URL("./helper.js", import.meta.url), { execArgv }), "message");`;
  const project = await layout(bench, {
    "src/server.ts": server(importing),
    "src/helper.js": 'import { parentPort } from "node:worker_threads";\nparentPort.postMessage("helped");\n',
  });
  const { url } = await bench.http(project, { entry: "src/server.ts" });
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("helped");
});

test("a file outside the entry's folder that is broken at the very start, and mended", async ({ bench }) => {
  const project = await layout(bench, {
    "src/server.ts": server('import { word } from "../lib/word.ts";'),
    "lib/word.ts": "export const word = ;\n",
  });
  const { records, url } = await bench.http(project, { entry: "src/server.ts", serving: false });
  await records.reload("failed");
  await project.save("lib/word.ts", word("mended"));
  await records.reload("serving");
  const { client } = await bench.connect(url);
  expect(await call(client, "say")).toBe("mended");
});

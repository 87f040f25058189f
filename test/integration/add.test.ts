/** `mcp add` from the outside: what it prints and writes, what it refuses, and how a running dev server takes it. */
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runAdd } from "./additions.ts";
import { root, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;
let project: string;
let before: string;

beforeAll(async () => {
  place = await scratch();
  project = join(place.folder, "shop");
  await place.create(["shop", "--template", "session", "--no-install", "--no-git", "--pm", "pnpm"]);
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  await writeFile(join(project, "pnpm-lock.yaml"), "");
});
beforeEach(async () => {
  before = await everything();
});
afterAll(() => place.remove());

const file = (path: string): string => join(project, path);

/** All files outside node_modules, and what is in them. */
async function everything(): Promise<string> {
  const entries = await readdir(project, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const texts = await Promise.all(
    paths.sort().map(async (path) => `${path}\n${await readFile(path, "utf8")}`),
  );
  return texts.join("\n");
}

test("--dry-run shows the files and the lines, and writes nothing", async () => {
  const { exitCode, stdout } = await runAdd(project, ["tool", "get-forecast", "--dry-run"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("new     test/tools/get-forecast.test.ts");
  expect(stdout).toContain("+ server.addTool(getForecast(states));");
  expect(await everything()).toBe(before);
});

test("in a list that was laid out anew, only what is added is different, and it stays executable", async () => {
  const list = await readFile(file("src/prompts/index.ts"), "utf8");
  const own = list.replaceAll("\n", "\r\n").replaceAll("  ", "\t").replaceAll('"', "'");
  await writeFile(file("src/prompts/index.ts"), own);
  await chmod(file("src/prompts/index.ts"), 0o755);
  const { stdout } = await runAdd(join(project, "src/prompts"), ["prompts", "long story"]);
  expect(stdout).toContain("pnpm exec mcp call --prompt long-story topic=tides");
  expect(await readFile(file("src/prompts/index.ts"), "utf8")).toBe(
    own
      .replace(/(import \{ personalized)/, "import { longStoryPrompt } from './long-story.ts';\r\n$1")
      .replace(/(\t\w+\.addPrompt.*\r\n)/, "$1\tserver.addPrompt(longStoryPrompt);\r\n"),
  );
  expect((await stat(file("src/prompts/index.ts"))).mode & 0o777).toBe(0o755);
});

test("--json says what was made, and how to call it", async () => {
  const { stdout } = await runAdd(project, ["resource", "order", "--uri", "shop://orders/{id}", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    kind: "resource",
    name: "shop://orders/{id}",
    directory: project,
    files: [
      { path: "src/resources/order.ts", action: "create", bytes: expect.any(Number) as number },
      { path: "test/resources/order.test.ts", action: "create", bytes: expect.any(Number) as number },
      { path: "src/resources/index.ts", action: "edit", bytes: expect.any(Number) as number },
    ],
    registration: {
      file: "src/resources/index.ts",
      lines: ['import { orderResource } from "./order.ts";', "server.addResourceTemplate(orderResource);"],
    },
    call: ["pnpm", "exec", "mcp", "call", "--resource", "shop://orders/42"],
  });
});

test("--json has the credential of a role in the call, as it is shown to a person", async () => {
  const words = ["tool", "close-till", "--role", "admin", "--dry-run"];
  const { call } = JSON.parse((await runAdd(project, [...words, "--json"])).stdout) as { call: string[] };
  expect(call.slice(-2)).toEqual(["-H", "Authorization: Bearer $MCP_ADMIN_TOKEN"]);
});

test("several at once, as programs add them, are all registered", async () => {
  const names = ["one", "two", "three"];
  const ended = await Promise.all(names.map((name) => runAdd(project, ["prompt", name])));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const list = await readFile(file("src/prompts/index.ts"), "utf8");
  for (const name of names) expect(list).toContain(`server.addPrompt(${name}Prompt);`);
});

test.each([
  { words: [], code: 2, error: "'kind'", hint: "--help" },
  { words: ["gadget", "x"], code: 2, error: 'no "gadget"', hint: "tool, resource, prompt" },
  { words: ["tool", "delete"], code: 2, error: "reserved word", hint: "delete-item" },
  { words: ["tool", "../../x"], code: 2, error: '"../../x"', hint: "mcp add tool x" },
  { words: ["tool", "x", "--uri", "a:b"], code: 2, error: "no --uri", hint: "add a resource" },
  { words: ["resource", "x", "--uri", "x"], code: 2, error: "--uri x", hint: "app://orders/{id}" },
  { words: ["tool", "x", "--role", "king"], code: 2, error: '"king"', hint: "admin, user" },
  { words: ["tool", "whoami"], code: 1, error: "src/tools/whoami.ts", hint: "another name" },
])("$words is refused, and nothing written", async ({ words, code, error, hint }) => {
  const { exitCode, stdout, stderr } = await runAdd(project, words);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
  const lines = stderr.split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(error);
  expect(lines[1]).toContain(hint);
  expect(await everything()).toBe(before);
});

test("a file that is there, if only that of the test, is not written over", async () => {
  await mkdir(file("test/tools"), { recursive: true });
  await writeFile(file("test/tools/mine.test.ts"), "mine");
  const now = await everything();
  const { exitCode, stderr } = await runAdd(project, ["tool", "mine"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("test/tools/mine.test.ts is there already");
  expect(await everything()).toBe(now);
});

test("nothing is written through a link that leads out of the project", async () => {
  const outside = join(place.folder, "outside");
  await rename(file("src/resources"), outside);
  await symlink(outside, file("src/resources"));
  const { exitCode, stderr } = await runAdd(project, ["resource", "tide-table"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("src/resources is a link");
  expect(await readdir(outside)).not.toContain("tide-table.ts");
  await rm(file("src/resources"));
  await rename(outside, file("src/resources"));
});

test("a project that is not installed, and a folder that is none, are told what to do", async () => {
  await rename(file("node_modules"), file("modules"));
  const { exitCode, stderr } = await runAdd(project, ["tool", "get-forecast"]);
  await rename(file("modules"), file("node_modules"));
  expect(exitCode).toBe(1);
  expect(stderr).toContain("typescript");
  expect(stderr).toContain("install what the project needs");
  expect((await runAdd(place.folder, ["tool", "x"])).stderr).toContain("mcp create my-server");
});

test("another server's project is told what to write by hand", async () => {
  const other = join(place.folder, "other");
  await mkdir(join(other, "src"), { recursive: true });
  await writeFile(join(other, "package.json"), "{}");
  await writeFile(
    join(other, "src/server.ts"),
    'const mcp = new FastMCP({ name: "x", version: "1.0.0" });\n',
  );
  const { exitCode, stderr } = await runAdd(other, ["tool", "get-forecast"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("by hand, behind the server of src/server.ts:1:\n        mcp.addTool({");
  expect((await readdir(other, { recursive: true })).sort()).toEqual([
    "package.json",
    "src",
    "src/server.ts",
  ]);
});

test("packages that the new files need and the project has not are named", async () => {
  const other = join(place.folder, "by-hand");
  await mkdir(join(other, "src"), { recursive: true });
  await mkdir(join(other, "node_modules"));
  for (const name of ["typescript", "fastmcp"])
    await symlink(join(root, "node_modules", name), join(other, "node_modules", name));
  await writeFile(join(other, "package.json"), "{}");
  await writeFile(join(other, "pnpm-lock.yaml"), "");
  await writeFile(
    join(other, "src/create-server.ts"),
    'import { FastMCP } from "fastmcp";\n\nexport function createServer() {\n  const server = new FastMCP({ name: "x", version: "1.0.0" });\n  return server;\n}\n',
  );
  const { exitCode, stdout } = await runAdd(other, ["tool", "get-forecast"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("pnpm add zod  ");
  expect(stdout).toContain("pnpm add -D @modelcontextprotocol/sdk vitest  ");
});

test("interrupted, it leaves nothing", async () => {
  // The project's own Prettier, which is asked last before anything is written, sends the signal.
  const modules = file("node_modules");
  await rename(modules, file("modules"));
  await mkdir(join(modules, "prettier"), { recursive: true });
  await symlink(join(root, "node_modules/typescript"), join(modules, "typescript"));
  await writeFile(join(modules, "prettier/package.json"), '{ "main": "index.js" }');
  await writeFile(
    join(modules, "prettier/index.js"),
    `exports.resolveConfig = async () => {
      process.kill(process.pid, "SIGINT");
      await new Promise((resolve) => setImmediate(resolve));
    };
    exports.format = async (text) => text;`,
  );
  const now = await everything();
  const { exitCode, stderr } = await runAdd(project, ["tool", "get-forecast"]);
  expect(await everything()).toBe(now);
  await rm(modules, { recursive: true });
  await rename(file("modules"), modules);
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: "cancelled, nothing was written" });
});

test("--help fits a screen and ends with examples", async () => {
  const { stdout } = await execa(process.execPath, [join(root, "bin/mcp.js"), "add", "--help"]);
  expect(stdout.split("\n").length).toBeLessThan(30);
  expect(stdout.split("Examples:")[1]).toContain("mcp add tool get-forecast");
});

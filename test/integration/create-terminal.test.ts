/** create-fastmcp as a person sees it: questions, a wrong answer corrected, Ctrl-C. */
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keys, openTerminal, type Terminal } from "../helpers/terminal.ts";
import { bin, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;
let terminal: Terminal | undefined;

beforeEach(async () => {
  place = await scratch();
});
afterEach(async () => {
  await terminal?.kill();
  await place.remove();
});

function open(args: readonly string[]): Terminal {
  return openTerminal(process.execPath, [bin, ...args], { cwd: place.folder, env: place.env });
}

test("defaults: Enter to each question; the same without questions is said at the end, and does it", async () => {
  terminal = open(["--no-install", "--no-git"]);
  for (const flag of ["[directory]", "--template", "--transport", "--auth", "--state", "--no-roots"]) {
    await terminal.see(flag);
    terminal.type(keys.enter);
  }
  await terminal.see("npm run dev");
  await terminal.see("The same without questions:");
  expect(await terminal.ended).toBe(0);
  const project = join(place.folder, "my-mcp-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain("httpStream");
  expect(await readdir(join(project, "src/tools"))).toContain("list-roots.ts");

  const said = /^ *create-fastmcp (my-mcp-server .*)$/m.exec(terminal.screen())?.[1] ?? "";
  expect(said).toContain("--template session --transport http --auth token --state memory");
  await rename(project, join(place.folder, "answered"));
  expect((await place.create(said.trim().split(" "))).code).toBe(0);
  expect(await contents(project)).toEqual(await contents(join(place.folder, "answered")));
});

test("a bad name is corrected, arrows choose, a flag that is given is not asked", async () => {
  terminal = open(["--state", "redis", "--no-roots", "--no-install", "--no-git"]);
  await terminal.see("[directory]");
  terminal.type("My Server");
  terminal.type(keys.enter);
  await terminal.see('npm would refuse the name "My Server"');
  terminal.type(`${keys.clearLine}my-server`);
  await terminal.see("my-server");
  terminal.type(keys.enter);
  // Of the templates only one has a state: there is nothing to choose.
  await terminal.see("--transport");
  terminal.type(keys.down);
  await terminal.see("❯ stdio");
  terminal.type(keys.enter);
  await terminal.see("--auth");
  await terminal.see("❯ token");
  terminal.type(keys.down);
  await terminal.see("❯ jwt");
  terminal.type(keys.enter);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).not.toMatch(/--template\n|\? .*--state/);
  const project = join(place.folder, "my-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain('"stdio"');
  expect(await readdir(join(project, "src/tools"))).not.toContain("list-roots.ts");
  expect(await readdir(join(project, "src"))).toEqual(
    expect.arrayContaining(["redis-store.ts", "local-key.ts"]),
  );
});

test("a directory that is in use is refused before anything is asked, and at the question for it", async () => {
  await mkdir(join(place.folder, "used", "src"), { recursive: true });
  await writeFile(join(place.folder, "used", "src", "mine.ts"), "");
  await writeFile(join(place.folder, "file"), "");
  terminal = open(["used"]);
  await terminal.see("used is not empty: src");
  expect(await terminal.ended).toBe(1);
  expect(terminal.screen()).toMatch(/used is not empty: src\n.*--force/);
  expect(terminal.screen()).not.toContain("--template");

  terminal = open(["--template", "minimal", "--no-install", "--no-git"]);
  await terminal.see("[directory]");
  terminal.type(`used${keys.enter}`);
  await terminal.see("used is not empty: src");
  terminal.type(`${keys.clearLine}file${keys.enter}`);
  await terminal.see("file is a file, not a directory");
  terminal.type(`${keys.clearLine}free${keys.enter}`);
  await terminal.see("--transport");
  terminal.type(keys.enter);
  expect(await terminal.ended).toBe(0);
});

test("a directory with nothing but empty folders, or with --force, is asked about", async () => {
  await mkdir(join(place.folder, "used", "src"), { recursive: true });
  const less = ["used", "--template", "minimal", "--no-install", "--no-git"];
  terminal = open(less);
  await terminal.see("--transport");
  await terminal.kill();
  await writeFile(join(place.folder, "used", "src", "mine.ts"), "");
  terminal = open([...less, "--force"]);
  await terminal.see("--transport");
});

test("a template that has less is asked less", async () => {
  terminal = open(["small", "--no-install", "--no-git"]);
  await terminal.see("--template");
  terminal.type(keys.down);
  await terminal.see("❯ minimal");
  terminal.type(keys.enter);
  await terminal.see("--transport");
  terminal.type(keys.enter);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).toContain("create-fastmcp small --template minimal --transport http");
});

test("an agent's terminal is asked nothing, and told how to choose", async () => {
  terminal = openTerminal(process.execPath, [bin, "x", "--no-install", "--no-git"], {
    cwd: place.folder,
    env: { ...place.env, CLAUDECODE: "1" },
  });
  await terminal.see("Nothing was asked.");
  await terminal.see("create-fastmcp x --template session --transport http");
  expect(await terminal.ended).toBe(0);
});

/** All but the secrets, which no two projects share. */
async function contents(project: string): Promise<Record<string, string>> {
  const paths = (await readdir(project, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== ".env")
    .map((entry) => join(entry.parentPath, entry.name));
  const read = paths.map(async (path) => [relative(project, path), await readFile(path, "utf8")] as const);
  return Object.fromEntries(await Promise.all(read));
}

test.each(["[directory]", "--template"])("Ctrl-C at %s: 130, and nothing is left", async (question) => {
  terminal = open(question === "[directory]" ? [] : ["my-server"]);
  await terminal.see(question);
  terminal.type(keys.ctrlC);
  await terminal.see("cancelled, nothing was left behind");
  expect(await terminal.ended).toBe(130);
  expect(await readdir(place.folder)).toEqual([]);
});

test("Ctrl-C while the package manager runs: 130, and nothing is left", async () => {
  await place.program("npm", "mkdir node_modules; echo downloading; exec node -e 'setTimeout(()=>{},60000)'");
  terminal = open(["my-server", "-y"]);
  await terminal.see("downloading");
  terminal.type(keys.ctrlC);
  await terminal.see("cancelled, nothing was left behind");
  expect(await terminal.ended).toBe(130);
  expect(await readdir(place.folder)).toEqual([]);
});

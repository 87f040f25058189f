/** create-fastmcp as a person sees it: questions, a wrong answer corrected, Ctrl-C. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
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

test("defaults: Enter, three times", async () => {
  terminal = open(["--no-install", "--no-git"]);
  await terminal.see("Directory of the new project [directory]");
  terminal.type(keys.enter);
  await terminal.see("--transport");
  terminal.type(keys.enter);
  await terminal.see("--no-roots");
  terminal.type(keys.enter);
  await terminal.see("npm run dev");
  expect(await terminal.ended).toBe(0);
  const project = join(place.folder, "my-mcp-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain("httpStream");
  expect(await readdir(join(project, "src/tools"))).toContain("list-roots.ts");
});

test("a bad name is corrected, arrows choose, a flag that is given is not asked", async () => {
  terminal = open(["--no-roots", "--no-install", "--no-git"]);
  await terminal.see("[directory]");
  terminal.type("My Server");
  terminal.type(keys.enter);
  await terminal.see('npm would refuse the name "My Server"');
  terminal.type(`${keys.clearLine}my-server`);
  await terminal.see("my-server");
  terminal.type(keys.enter);
  await terminal.see("--transport");
  terminal.type(keys.down);
  await terminal.see("❯ stdio");
  terminal.type(keys.enter);
  expect(await terminal.ended).toBe(0);
  const project = join(place.folder, "my-server");
  expect(await readFile(join(project, "src/server.ts"), "utf8")).toContain('"stdio"');
  expect(await readdir(join(project, "src/tools"))).not.toContain("list-roots.ts");
});

test.each(["[directory]", "--transport"])("Ctrl-C at %s: 130, and nothing is left", async (question) => {
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

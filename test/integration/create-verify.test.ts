/** `--verify`: a new project is tried out, what fails is shown, and the project stays; a stand-in plays npm, the server is real. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root, scratch, type Scratch } from "./create-cli.ts";

let place: Scratch;

beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

/** @param scripts what npm does with a script of the project, by its name; nothing else fails. */
async function npm(scripts: { install?: string; typecheck?: string; test?: string }): Promise<void> {
  const { install = "", typecheck = "", test: tests = "" } = scripts;
  await place.program(
    "npm",
    [
      'case "$1 $2" in',
      `"install "*) ln -s "${join(root, "node_modules")}" node_modules; ${install};;`,
      `"run typecheck") ${typecheck};;`,
      `"test "*) ${tests};;`,
      "esac",
    ].join("\n"),
  );
}

test("types, tests and a handshake over HTTP with a good and a wrong credential", async () => {
  await npm({ typecheck: "touch types-were-checked", test: "touch tests-were-run" });
  const { code, stdout, stderr } = await place.create(["x", "--no-git", "--verify"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/✔ types are right.*\n.*✔ tests pass/);
  expect(stdout).toMatch(/shakes hands over HTTP: \d+ tools, .*; a wrong credential is refused/);
  const files = await readdir(join(place.folder, "x"));
  expect(files).toEqual(expect.arrayContaining(["types-were-checked", "tests-were-run"]));
});

test.each([
  [["--template", "minimal", "--transport", "stdio"], "shakes hands over stdio: 1 tool"],
  [["--auth", "oauth"], "the server answers over HTTP; a wrong credential is refused"],
])("%j", async (flags, said) => {
  await npm({});
  const { code, stdout } = await place.create(["x", "--no-git", "--verify", ...flags]);
  expect({ code, said: stdout.includes(said) }, stdout).toEqual({ code: 0, said: true });
});

test("what fails shows its end and the command that shows it again; what comes behind it is left out", async () => {
  await npm({ typecheck: "echo 'src/a.ts(1,1): error TS1005' >&2; exit 2", test: "touch tests-were-run" });
  const { code, stdout, stderr } = await place.create(["x", "--no-git", "--verify"]);
  expect(code).toBe(1);
  expect(stdout).toContain("✖ npm run typecheck failed");
  expect(stderr).toContain("error TS1005");
  expect(stderr).toContain("cd x && npm run typecheck");
  expect(await readdir(join(place.folder, "x"))).not.toContain("tests-were-run");
});

test("a server that does not start fails it, with the place; --json says so too", async () => {
  await npm({ install: "echo 'throw new Error(\"broken on purpose\")' >> src/create-server.ts" });
  const { code, stdout, stderr } = await place.create([
    "x",
    "--template",
    "minimal",
    "--no-git",
    "--verify",
    "--json",
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/the server did not start: broken on purpose \(.*src\/create-server\.ts:\d/);
  const failed = expect.stringContaining("broken on purpose") as string;
  expect(JSON.parse(stdout)).toMatchObject({ result: { install: "installed", verify: { failed } } });
  expect(await readdir(place.folder)).toEqual(["x"]);
});

test("Ctrl-C meanwhile leaves nothing", async () => {
  await npm({ test: "kill -INT $PPID; exec node -e 'setTimeout(()=>{},60000)'" });
  const { code, stderr } = await place.create(["x", "--no-git", "--verify"]);
  expect({ code, stderr }).toEqual({ code: 130, stderr: "cancelled, nothing was left behind" });
  expect(await readdir(place.folder)).toEqual([]);
});

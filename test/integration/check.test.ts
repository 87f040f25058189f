/** `mcp check`: what a server offers, and what is wrong with it. */
import { expect } from "vitest";
import { test } from "../helpers/mcp-dev.ts";

type Outcome = {
  ok: boolean;
  types: string;
  findings: { severity: string; where: string; message: string }[];
};

function read(text: string): Outcome {
  return JSON.parse(text) as Outcome;
}

test("a server without fault: what it offers, and exit code 0", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  const { stdout, exitCode } = await bench.mcp(project.folder, ["check", project.entry]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("add(a: number, b: number, note?: string)");
  expect(stdout).toContain("src/offering.ts: nothing wrong");
});

test("all that clients choke on is found", async ({ bench }) => {
  const project = await bench.project("wrong.ts");
  const { stdout, exitCode } = await bench.mcp(project.folder, ["check", project.entry, "--json"]);
  expect(exitCode).toBe(1);
  const { ok, findings } = read(stdout);
  expect(ok).toBe(false);
  const found = findings.map(({ severity, where, message }) => `${severity} ${where}: ${message}`);
  const expected = [
    /^error tool twice: is added twice/,
    /^error server: authenticate throws over stdio \(no token\)/,
    /^warning server: prints "starting up" to standard output.*src\/wrong\.ts:\d+/,
    /^warning tool undescribed: has no description/,
    /^error tool bad name!: its name breaks/,
    /^warning tool dotted\.name: common clients/,
    /^error tool either: .*anyOf at the top/,
    /^error tool either: .*not of type "object"/,
    /^error tool spaced: .*"an argument"/,
    /^warning prompt hello: has no description/,
    /^error resource no-uri: its address is no URI/,
    /^error resource wrong:\/\/fails: fails to load: .*the disk is gone/,
  ];
  for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
  expect(found).toHaveLength(expected.length);
});

test("a schema that cannot be shown to clients: which tool has it, and the rest of what is offered", async ({
  bench,
}) => {
  const project = await bench.project("offering.ts");
  const source = await project.read(project.entry);
  const broken =
    'server.addTool({ name: "when", parameters: z.object({ at: z.date() }), execute: async () => "now" });';
  await project.save(project.entry, source.replace("await server.start", `${broken}\nawait server.start`));
  const { stdout, exitCode } = await bench.mcp(project.folder, ["check", project.entry, "--no-types"]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("add(a: number, b: number, note?: string)");
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "✗ tool when: cannot be listed, so clients see no tool at all: Date cannot be represented in JSON Schema",
  );
  expect(stdout).not.toContain("-32603");
});

test("type errors are errors, with their place", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  const compilerOptions = {
    module: "nodenext",
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
  };
  await project.save("tsconfig.json", JSON.stringify({ compilerOptions, include: ["src"] }));
  await project.save("src/greeting.ts", "export const greeting: number = 'Hello';\n");
  const { stdout, exitCode } = await bench.mcp(project.folder, ["check", project.entry, "--json"]);
  expect(exitCode).toBe(1);
  const outcome = read(stdout);
  expect(outcome.types).toBe("checked");
  expect(outcome.findings).toMatchObject([{ where: "types", place: "src/greeting.ts:1:14" }]);
  await project.greet("Hello");
  expect(await bench.mcp(project.folder, ["check", project.entry])).toMatchObject({ exitCode: 0 });
});

test("a server that does not start is one error, in words", async ({ bench }) => {
  const project = await bench.project("unstarted.ts");
  const { stdout, stderr, exitCode } = await bench.mcp(project.folder, ["check", project.entry]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 1 });
  expect(stdout.replace(/\s+/g, " ")).toContain("unstarted.ts makes a FastMCP server and never starts it");
});

test("a guarded server is not wrong for that", async ({ bench }) => {
  const project = await bench.project("guarded.ts");
  expect(await bench.mcp(project.folder, ["check", project.entry])).toMatchObject({ exitCode: 0 });
});

test("a server that refuses the caller is one error, in words", async ({ bench }) => {
  const project = await bench.project("guarded.ts");
  const args = ["check", project.entry, "--no-types", "--json", "-H", "Authorization: Bearer wrong"];
  const { stdout, exitCode } = await bench.mcp(project.folder, args);
  expect(exitCode).toBe(1);
  expect(read(stdout).findings).toMatchObject([
    {
      where: "server",
      message: "the server answered with status 401: who are you?",
      place: expect.stringContaining("say who calls: -H") as string,
    },
  ]);
});

test("what only a caller with a name may load is loaded for one, and is no error without", async ({
  bench,
}) => {
  const project = await bench.project("guarded.ts");
  const source = await project.read(project.entry);
  const resource = `server.addResource({
  uri: "user://me",
  name: "me",
  load: async (auth) => ({ text: (auth as { user: string }).user.toUpperCase() }),
});
`;
  await project.save(project.entry, source.replace("await server.start", `${resource}\nawait server.start`));
  const check = (...args: string[]) =>
    bench.mcp(project.folder, ["check", project.entry, "--no-types", ...args]);
  const nobody = await check();
  expect(nobody).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/not loaded.*-H/) as string });
  const someone = await check("-H", "Authorization: Bearer right", "--json");
  expect(JSON.parse(someone.stdout)).toMatchObject({ ok: true, findings: [] });
});

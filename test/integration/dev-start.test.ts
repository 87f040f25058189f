/** How `mcp dev` starts: what it runs, where it listens, and what it says of wrong usage. */
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";
import { freePort, takePort } from "../helpers/processes.ts";

test("a JavaScript entry needs no tsx", async ({ bench }) => {
  const { url } = await bench.http(await bench.project("javascript.mjs", ["fastmcp", "zod"]));
  const { client } = await bench.connect(url);
  expect(await call(client, "greet")).toBe("Hello");
});

test("a TypeScript entry without tsx names the command that adds it", async ({ bench }) => {
  const project = await bench.project("plain.ts", ["fastmcp", "zod"]);
  const { exitCode, stderr } = await bench.run(project.folder, [project.entry, "--http", "--port", "0"]);
  expect(exitCode).toBe(1);
  expectTwoLines(stderr, /plain\.ts is TypeScript/, /npm install -D tsx/);
});

test("a port in use: the next one, and it says so", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  const port = await freePort();
  const release = await takePort(port);
  const { records } = bench.start(project, ["--json", "--http", "--port", String(port)]);
  const meta = await records.next((record) => record.kind === "meta" && record.url !== undefined);
  await release();
  expect(meta).toHaveProperty("url");
  const taken = Number(new URL(meta.kind === "meta" ? (meta.url ?? "") : "").port);
  expect(taken).toBeGreaterThan(port);
  expect(taken).toBeLessThanOrEqual(port + 20);
});

test("a port in use with --strict-port: an error, and nothing left", async ({ bench }) => {
  const project = await bench.project("plain.ts");
  const port = await freePort();
  const release = await takePort(port);
  const args = [project.entry, "--http", "--strict-port", "--port", String(port)];
  const { exitCode, stderr, stdout } = await bench.run(project.folder, args);
  await release();
  expect(exitCode).toBe(1);
  expect(stdout).toBe("");
  expectTwoLines(stderr, new RegExp(`port ${port} is in use`), /--port/);
});

test.for([
  [["missing.ts"], /missing\.ts does not exist/, /did you mean|give the file/],
  [["src"], /no server found in .*src/, /mcp dev path/],
  [["package.json"], /neither JavaScript nor TypeScript/, /give the file/],
  [["--prot", "1"], /unknown option '--prot'/, /--port/],
  [["--port", "http"], /port/, /.+/],
  [["--port", "70000"], /port/, /.+/],
  [["--port", "0x50"], /port/, /.+/],
  [["--drain", "soon"], /milliseconds/, /.+/],
  [["src/plain.ts", "--stdio", "--http"], /exclude each other/, /.+/],
  [["one.ts", "two.ts"], /too many arguments|does not exist/, /.+/],
  [[], /no server found/, /mcp dev path/],
] as const)("wrong usage: mcp dev %j", async ([args, message, hint], { bench }) => {
  const project = await bench.project("plain.ts");
  const { exitCode, stdout, stderr } = await bench.run(project.folder, args);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expectTwoLines(stderr, message, hint);
});

function expectTwoLines(stderr: string, message: RegExp, hint: RegExp): void {
  const lines = stderr.trimEnd().split("\n");
  expect(lines, stderr).toHaveLength(2);
  expect(lines[0]).toMatch(message);
  expect(lines[1]).toMatch(hint);
}

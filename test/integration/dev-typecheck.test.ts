/** `mcp dev --typecheck`: what a save broke and mended, beside and never in the way. */
import { expect } from "vitest";
import { call, test, type DevBench } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";
import type { LogRecord } from "../../src/log/record.ts";

const config = {
  compilerOptions: {
    noEmit: true,
    module: "nodenext",
    strict: true,
    types: ["node"],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ["src"],
};

async function checked(bench: DevBench): Promise<Project> {
  const project = await bench.project("plain.ts");
  await project.save("tsconfig.json", JSON.stringify(config));
  return project;
}

const isTypes = (record: LogRecord): boolean => record.kind === "types";
const saved = (type: string): string => `export const greeting: ${type} = "Salut";\n`;

test("what a save breaks and mends is told, and the reload does not wait for it", async ({ bench }) => {
  const project = await checked(bench);
  const { records, url } = await bench.http(project, { args: ["--typecheck"] });
  expect(await records.next(isTypes)).toMatchObject({ body: { broken: [], mended: [], left: 0 } });
  const { client } = await bench.connect(url);
  await project.save("src/greeting.ts", saved("number"));
  await records.reload("serving");
  expect(await call(client, "greet", { name: "A" })).toContain("Salut");
  const broken = {
    place: "src/greeting.ts:1:14",
    message: "Type 'string' is not assignable to type 'number'.",
    code: "TS2322",
  };
  const { body } = (await records.next(isTypes)) as Extract<LogRecord, { kind: "types" }>;
  expect(body.broken).toContainEqual(broken);
  await project.save("src/greeting.ts", saved("string"));
  expect(await records.next(isTypes)).toMatchObject({ body: { broken: [], mended: body.broken, left: 0 } });
});

test("errors that were there before are told at the start, also those of a configuration that is referred to", async ({
  bench,
}) => {
  const project = await checked(bench);
  await project.save("tsconfig.app.json", JSON.stringify(config));
  await project.save("tsconfig.json", '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }], }');
  await project.save("src/greeting.ts", saved("number"));
  const { see } = await bench.terminal(project, { args: ["--typecheck"] });
  await see("✗ types  src/greeting.ts:1:14");
  await see("Type 'string' is not assignable to type 'number'. (TS2322)");
  await project.greet("Salut");
  await see("✓ types  all mended");
});

test("without a tsconfig it says so and serves", async ({ bench }) => {
  const { records } = await bench.http(await bench.project("plain.ts"), { args: ["--typecheck"] });
  const why = "types are not checked: there is no tsconfig.json";
  expect(await records.next(({ kind }) => kind === "error")).toMatchObject({ body: { message: why } });
});

test("SIGKILL leaves no compiler", async ({ bench }) => {
  const { command, records } = await bench.http(await checked(bench), { args: ["--typecheck"] });
  await records.next(isTypes);
  command.kill("SIGKILL");
  await command;
  await bench.nothingRuns();
});

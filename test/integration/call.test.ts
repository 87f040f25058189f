/** `mcp call`: one more client of the running dev server, or of a server that is started for the call. */
import { expect } from "vitest";
import { test, type DevBench } from "../helpers/mcp-dev.ts";
import type { Project } from "../helpers/project.ts";

async function offering(bench: DevBench): Promise<{
  project: Project;
  call: (...args: string[]) => Promise<{ stdout: string; stderr: string; exitCode: number | undefined }>;
}> {
  const project = await bench.project("offering.ts");
  const call = async (...args: string[]) => {
    const command = bench.mcp(project.folder, ["call", "--entry", project.entry, ...args]);
    const { stdout, stderr, exitCode } = await command;
    return { stdout, stderr, exitCode };
  };
  return { project, call };
}

test("a server that is started for the call: tools, resources, prompts, typed arguments", async ({
  bench,
}) => {
  const { call } = await offering(bench);
  expect(await call("add", "a=1", "b=2")).toEqual({ stdout: "3", stderr: "", exitCode: 0 });
  expect(await call("add", '{"a": 1, "b": 2, "note": "apples"}')).toMatchObject({ stdout: "3 apples" });
  const args = ["text=5", "flag=true", "tags=a", "tags=b", 'nested={"deep":2}', "mixed=7"];
  expect(JSON.parse((await call("echo", ...args)).stdout)).toEqual({
    text: "5",
    flag: true,
    tags: ["a", "b"],
    nested: { deep: 2 },
    mixed: 7,
  });
  expect(await call("--resource", "offering://text")).toMatchObject({ stdout: "a text", exitCode: 0 });
  expect(await call("--prompt", "greet", "who=Ann")).toMatchObject({ stdout: "user: Say Hello to Ann" });
});

test("--list says what there is, with --json as one value", async ({ bench }) => {
  const { call } = await offering(bench);
  const { stdout } = await call("--list");
  expect(stdout).toContain("add(a: number, b: number, note?: string)");
  expect(stdout).toContain("offering://text");
  expect(stdout).toContain("greet(who)");
  const offer: unknown = JSON.parse((await call("--list", "--json")).stdout);
  expect(offer).toMatchObject({ server: { name: "offering" }, tools: [{ name: "add" }, {}, {}, {}, {}, {}] });
});

test("what does not fit is not sent, and said with the schema; a typo gets a suggestion", async ({
  bench,
}) => {
  const { call } = await offering(bench);
  const misfit = await call("add", "a=x", "nota=y");
  expect(misfit).toMatchObject({ stdout: "", exitCode: 2 });
  expect(misfit.stderr).toMatch(/b is missing: number.*did you mean note\?.*a must be number/);
  expect(misfit.stderr).toContain("add(a: number, b: number, note?: string)");
  const forced = await call("add", "a=x", "--no-check");
  expect(forced).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("parameter validation") as string,
  });
  const typo = await call("ad");
  expect(typo).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("did you mean add?") as string });
});

test("a result that is an error, and an error instead of a result, exit with 1", async ({ bench }) => {
  const { call } = await offering(bench);
  expect(await call("fail")).toEqual({
    stdout: "",
    stderr: "error fail failed: no such order\nlook again",
    exitCode: 1,
  });
  const asJson = await call("fail", "--json");
  expect(asJson.exitCode).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ isError: true });
  const missing = await call("--resource", "offering://nothing", "--json");
  expect(missing.exitCode).toBe(1);
  expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: expect.any(Number) as number } });
});

test("progress, log messages and what the server prints go to standard error", async ({ bench }) => {
  const { call } = await offering(bench);
  const { stdout, stderr } = await call("work");
  expect(stdout).toBe("Hello, done");
  expect(stderr.split("\n").sort()).toEqual(
    ["printed by the server", 'warning slow today {"queue":3}', "… 1/2"].sort(),
  );
});

test("a server that does not start is an error with its place", async ({ bench }) => {
  const { project, call } = await offering(bench);
  await project.save("src/greeting.ts", "export const greeting: string = ;\n");
  const { stderr, exitCode } = await call("whoami");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/did not start/);
  expect(stderr).toMatch(/src\/greeting\.ts:1/);
});

test("headers reach a server that is started for the call, with variables of .env", async ({ bench }) => {
  const { project, call } = await offering(bench);
  await project.save(".env", "MY_KEY=k1\n");
  expect(await call("whoami", "-H", "Authorization: Bearer $MY_KEY")).toMatchObject({ stdout: "Bearer k1" });
  expect(await call("whoami", "-H", "Authorization: Bearer $NO_KEY")).toMatchObject({ exitCode: 2 });
});

test("a server that is started for the call and refuses it is said so, and what to do", async ({ bench }) => {
  const project = await bench.project("guarded.ts");
  const wrong = ["-H", "Authorization: Bearer wrong"];
  const refused = await bench.mcp(project.folder, ["call", "greet", "--entry", project.entry, ...wrong]);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /the server answered with status 401: who are you\?\n.*say who calls: -H/,
    ) as string,
  });
  expect(refused.stderr).not.toMatch(/^ +at |Error POSTing/m);
});

test("who has no OAuth token is not told to give MCP_TOKEN, which is for stdio, but how it can be used", async ({
  bench,
}) => {
  const project = await bench.project("guarded.ts");
  const source = await project.read(project.entry);
  const challenge = 'resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"';
  await project.save(project.entry, source.replace('realm="guarded"', challenge));
  await project.save(".env", "MCP_TOKEN=of-stdio\n");
  await bench.http(project);
  const { stderr, exitCode } = await bench.mcp(project.folder, ["call", "greet"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/status 401: who are you\?\n.*sign in through a browser.*mcp call --fresh/);
  expect(stderr).not.toContain("say who calls");
});

test("the running dev server is called as one more client, which says goodbye", async ({ bench }) => {
  const project = await bench.project("guarded.ts");
  const { records } = await bench.http(project);
  const refused = await bench.mcp(project.folder, ["call", "greet"]);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/401.*who are you/) as string });
  const greeted = await bench.mcp(project.folder, ["call", "greet", "-H", "Authorization: Bearer right"]);
  expect(greeted).toMatchObject({ stdout: "Hello someone", exitCode: 0 });
  await records.next((record) => record.kind === "session" && record.event === "disconnect");
  await project.save(".env", "MCP_TOKEN=right\n");
  expect(await bench.mcp(project.folder, ["call", "greet"])).toMatchObject({ stdout: "Hello someone" });
});

test.for(["running", "started for it"])(
  "Ctrl-C cancels the call of a server that is %s",
  async (which, { bench }) => {
    const { project } = await offering(bench);
    const records = which === "running" ? (await bench.http(project)).records : undefined;
    const more = records === undefined ? ["--entry", project.entry] : [];
    const command = bench.mcp(project.folder, ["call", "wait", ...more]);
    await new Promise((resolve) => {
      command.stderr.on("data", (chunk: Buffer) => chunk.includes("waiting") && resolve(undefined));
    });
    command.kill("SIGINT");
    expect(await command).toMatchObject({ exitCode: 130, stdout: "" });
    await records?.next((record) => record["mcp.method.name"] === "notifications/cancelled");
  },
);

test("Ctrl-C before the server has said hello hangs up: the protocol forbids to cancel that", async ({
  bench,
}) => {
  const project = await bench.project("stdio.ts");
  const silent = `import { appendFileSync } from "node:fs";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
StdioServerTransport.prototype.send = async () => undefined;
process.on("SIGTERM", () => setTimeout(() => process.exit(), 200));
process.stdin.on("data", (chunk) => appendFileSync(new URL("received.txt", import.meta.url), chunk));
`;
  await project.save(project.entry, `${silent}${await project.read(project.entry)}`);
  const command = bench.mcp(project.folder, ["call", "greet", "--entry", project.entry]);
  await expect.poll(() => project.has("src/received.txt"), { timeout: 15_000 }).toBe(true);
  command.kill("SIGINT");
  expect(await command).toMatchObject({ exitCode: 130, stdout: "", stderr: "cancelled" });
  expect(await project.read("src/received.txt")).toMatch(/^\{"method":"initialize".*\n$/);
});

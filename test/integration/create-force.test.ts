/** create-fastmcp --force in a folder that is in use: nothing that only the person has is lost, and what changed is said. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scratch, type Scratch } from "./create-cli.ts";

const filesOnly = ["--no-install", "--no-git"];
const other = { servers: { other: { command: "x" } } };
let place: Scratch;

beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const read = (path: string): Promise<string> => readFile(join(place.folder, "x", path), "utf8");

async function save(path: string, content: string): Promise<void> {
  const file = join(place.folder, "x", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function everything(): Promise<Record<string, string>> {
  const entries = await readdir(join(place.folder, "x"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await readFile(path, "utf8")] as const)),
  );
}

test("the variables of .env stay, and those that are missing are added", async () => {
  const mine = '# mine\r\nSTRIPE_KEY="a\r\nb"\r\nMCP_USER_TOKEN=known';
  await save(".env", mine);
  const { stdout } = await place.create(["x", "--force", ...filesOnly]);
  expect(stdout).toContain("added to your .env");
  const env = await read(".env");
  expect(env.startsWith(`${mine}\r\n`)).toBe(true);
  expect(env.replaceAll("\r\n", "")).not.toContain("\n");
  expect(parseEnv(env)).toMatchObject({
    MCP_ADMIN_TOKEN: expect.stringMatching(/^dev-admin-/) as string,
    MCP_USER_TOKEN: "known",
    // Over stdio the user's token is the one that the server accepts.
    MCP_TOKEN: "known",
  });
  expect(env.match(/^MCP_USER_TOKEN=/gm)).toHaveLength(1);
});

test("the clients' other servers stay, and an older entry of this one is replaced", async () => {
  await save(".vscode/mcp.json", JSON.stringify(other));
  await save(".mcp.json", '{ "mcpServers": { "x": { "command": "old" } /* mine */ } }');
  await place.create(["x", "--force", ...filesOnly]);
  expect(JSON.parse(await read(".vscode/mcp.json"))).toMatchObject({
    servers: { other: { command: "x" }, x: { command: "node" } },
  });
  const merged = await read(".mcp.json");
  expect(merged).toContain("/* mine */");
  expect(merged).not.toContain("old");
});

test("once more in a created project: its tokens and its clients' configurations stay as they are", async () => {
  await place.create(["x", ...filesOnly]);
  await save(".mcp.json", `// mine\n${await read(".mcp.json")}`);
  const before = await everything();
  const { stdout } = await place.create(["x", "--force", ...filesOnly]);
  expect(await everything()).toEqual(before);
  expect(stdout).toContain("0 files");
  expect(stdout).not.toMatch(/added to|written over/);
});

test("what is written over, added to and kept is said, and --dry-run and --json say the same", async () => {
  await save("package.json", "{}");
  await save("README.md", "mine");
  await save(".env", "STRIPE_KEY=x");
  await save(".vscode/mcp.json", JSON.stringify(other));
  const before = await everything();
  const planned = (await place.create(["x", "--force", "--dry-run", ...filesOnly])).stdout;
  expect(planned).toMatch(/ \.env {2}added to\n/);
  expect(planned).toMatch(/ mcp\.json {2}added to\n/);
  expect(planned).toMatch(/ package\.json {2}written over\n/);
  expect(await everything()).toEqual(before);

  const { stdout } = await place.create(["x", "--force", "--json", ...filesOnly]);
  const { files } = JSON.parse(stdout) as { files: { path: string; action: string; bytes: number }[] };
  const actions = Object.fromEntries(files.map(({ path, action }) => [path, action]));
  expect(actions).toMatchObject({
    ".env": "merge",
    ".vscode/mcp.json": "merge",
    "package.json": "overwrite",
    "README.md": "keep",
    ".mcp.json": "write",
  });
  const size = files.find(({ path }) => path === ".env")?.bytes;
  expect(size).toBe(Buffer.byteLength(await read(".env")));

  await save("package.json", "{}");
  const said = (await place.create(["x", "--force", ...filesOnly])).stdout;
  expect(said).toMatch(/written over: package\.json$/m);
});

test.each([
  [".mcp.json", "{ broken", "is not valid JSON"],
  [".env", Buffer.from("NAME=J\u00F6rg", "latin1"), "is not UTF-8"],
])("%s that cannot be read is said so, and nothing is written", async (path, content, problem) => {
  await save(path, "");
  await writeFile(join(place.folder, "x", path), content);
  const { code, stderr } = await place.create(["x", "--force", ...filesOnly]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  expect(await readdir(join(place.folder, "x"))).toEqual([path]);
});

test("cancelled, everything is as it was", async () => {
  await save(".env", "STRIPE_KEY=x");
  await save(".vscode/mcp.json", JSON.stringify(other));
  const before = await everything();
  await place.program("npm", `kill -INT $PPID; exec node -e 'setTimeout(()=>{},60000)'`);
  expect((await place.create(["x", "--force"])).code).toBe(130);
  expect(await everything()).toEqual(before);
});

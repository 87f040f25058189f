/** `mcp install`: the entry with which a client starts the server, printed or merged into the client's file. */
import { chmod, copyFile, mkdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { parse, type ParseError } from "jsonc-parser";
import { expect } from "vitest";
import { call, test } from "../helpers/mcp-dev.ts";
import { root } from "../helpers/project.ts";

const program = `${root}/bin/mcp.js`;

test("the entry is printed, and a client that does what it says has the server", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  const { stdout, stderr, exitCode } = await bench.mcp(project.folder, [
    "install",
    "claude-code",
    "--entry",
    project.entry,
  ]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("in .mcp.json");
  expect(project.has(".mcp.json")).toBe(false);
  const { mcpServers } = JSON.parse(stdout) as {
    mcpServers: { fixture: { command: string; args: string[] } };
  };
  expect(mcpServers.fixture).toEqual({
    type: "stdio",
    command: "node",
    args: [program, "dev", "--stdio", "src/offering.ts"],
  });
  const client = new Client({ name: "installed", version: "1.0.0" });
  const { args } = mcpServers.fixture;
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args,
      cwd: project.folder,
      env: bench.env,
      stderr: "pipe",
    }),
  );
  expect(await call(client, "add", { a: 1, b: 2 })).toBe("3");
  await client.close();
});

test("in a workspace the package is named where the install has put it, above the project", async ({
  bench,
}) => {
  const project = await bench.project("offering.ts", ["fastmcp", "tsx", "zod"]);
  await symlink(root, project.path("node_modules/create-fastmcp"));
  await mkdir(project.path("packages/made/src"), { recursive: true });
  await project.save("packages/made/package.json", '{ "name": "made", "type": "module" }');
  await copyFile(project.path(project.entry), project.path("packages/made/src/server.ts"));
  const made = project.path("packages/made");
  const above = "../../node_modules/create-fastmcp/bin/mcp.js";
  for (const [client, prefix] of [
    ["claude-code", ""],
    ["cursor", "${workspaceFolder}/"],
    ["vscode", "${workspaceFolder}/"],
  ] as const) {
    const { stdout } = await bench.mcp(made, ["install", client, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      entry: { args: [`${prefix}${above}`, "dev", "--stdio", `${prefix}src/server.ts`] },
    });
  }
});

test("--write keeps what is there: comments, other servers, indentation, who may write it", async ({
  bench,
}) => {
  const project = await bench.project("offering.ts");
  await mkdir(project.path(".vscode"));
  const before = `{
\t// what the team shares
\t"inputs": [{ "id": "key" }],
\t"servers": {
\t\t"other": { "command": "other" }, // of somebody else
\t}
}
`;
  await project.save(".vscode/mcp.json", before);
  const install = (...args: string[]) =>
    bench.mcp(project.folder, ["install", "vscode", "--write", "--entry", project.entry, ...args]);
  await chmod(project.path(".vscode/mcp.json"), 0o664);
  expect(await install()).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await stat(project.path(".vscode/mcp.json"))).mode & 0o777).toBe(0o664);
  const after = await project.read(".vscode/mcp.json");
  expect(after).toContain("\t// what the team shares\n");
  expect(after).toContain('\t\t"other": { "command": "other" }, // of somebody else\n');
  expect(after).toContain('\n\t\t"fixture": {\n\t\t\t"type": "stdio"');
  expect(parse(after)).toMatchObject({
    inputs: [{ id: "key" }],
    servers: {
      other: { command: "other" },
      fixture: { args: [program, "dev", "--stdio", "${workspaceFolder}/src/offering.ts"] },
    },
  });

  expect(await install()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("has this already") as string,
  });
  expect(await project.read(".vscode/mcp.json")).toBe(after);
});

test.for(["claude-code", "cursor", "vscode"])(
  "a created project has the entry for %s",
  async (client, { bench }) => {
    const { folder } = await bench.project("offering.ts");
    await bench.mcp(folder, ["create", "@acme/made", "--no-install", "--no-git"]);
    const made = join(folder, "@acme/made");
    await mkdir(join(made, "node_modules"));
    await symlink(root, join(made, "node_modules/create-fastmcp"));
    expect(await bench.mcp(made, ["install", client, "--write"])).toMatchObject({
      stdout: expect.stringContaining("has this already") as string,
      stderr: "",
      exitCode: 0,
    });
  },
);

test.for([
  ["{}", '{\n  "mcpServers": {\n    "fixture": {'],
  ["", '{\n  "mcpServers": {\n    "fixture": {'],
  ['{"mcpServers": null, "a": 1}', ', "a": 1}'],
  ['\uFEFF{ "mcpServers": {} }', '\uFEFF{ "mcpServers": {\n'],
  ['{ "mcpServers": {} }', '{ "mcpServers": {\n'],
  ['{ "mcpServers": { "a": { "command": "a" } } }', '"a": { "command": "a" } } }'],
  ['{\r\n    // one\r\n    "other": 1, // two\r\n}\r\n', '    "other": 1, // two\r\n}\r\n'],
  ['{\n  "mcpServers": { // all\n    "a": {} // a\n  }\n}\n', ', // all\n    "a": {} // a\n  }\n}\n'],
] as const)("--write into %j", async ([text, part], { bench }) => {
  const project = await bench.project("offering.ts");
  await project.save(".mcp.json", text);
  const args = ["install", "claude-code", "--write", "--entry", project.entry];
  expect(await bench.mcp(project.folder, args)).toMatchObject({ exitCode: 0 });
  const after = await project.read(".mcp.json");
  expect(after).toContain(part);
  const errors: ParseError[] = [];
  const config = parse(after.replace("\uFEFF", ""), errors, { allowTrailingComma: true }) as {
    mcpServers: { fixture: object };
  };
  expect(errors).toEqual([]);
  expect(config.mcpServers.fixture).toMatchObject({ command: "node" });
});

test("another entry of that name is kept, unless --force", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  await project.save(".mcp.json", '{ "mcpServers": { "fixture": { "command": "mine" } } }');
  const args = ["install", "claude-code", "--write", "--entry", project.entry];
  const refused = await bench.mcp(project.folder, args);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/another "fixture".*\n.*--force/) as string,
  });
  expect(await project.read(".mcp.json")).toContain('"mine"');
  expect(await bench.mcp(project.folder, [...args, "--force"])).toMatchObject({ exitCode: 0 });
  expect(await project.read(".mcp.json")).not.toContain('"mine"');
});

test.for([
  ['{ "mcpServers": { ', /mcp.json:1:19 is not valid JSON: [a-z ]+\n/],
  ["[]", /not of the form/],
  ['{ "mcpServers": [] }', /not of the form/],
] as const)("a file that cannot be merged into is left alone: %s", async ([text, problem], { bench }) => {
  const project = await bench.project("offering.ts");
  await mkdir(project.path(".cursor"));
  await project.save(".cursor/mcp.json", text);
  const args = ["install", "cursor", "--write", "--entry", project.entry];
  const { exitCode, stderr } = await bench.mcp(project.folder, args);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(problem);
  expect(await project.read(".cursor/mcp.json")).toBe(text);
});

test("Claude Desktop: absolute paths, into its own file, if it is there", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  const env = {
    HOME: project.folder,
    XDG_CONFIG_HOME: project.path("config"),
    APPDATA: project.path("config"),
  };
  const args = ["install", "claude", "--write", "--json", "--entry", project.entry];
  const absent = await bench.mcp(project.folder, args, env);
  expect(absent).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("not installed") as string });
  await mkdir(project.path("config/Claude"), { recursive: true });
  await mkdir(project.path("Library/Application Support/Claude"), { recursive: true });
  const { stdout, exitCode } = await bench.mcp(project.folder, args, env);
  expect(exitCode).toBe(0);
  const { entry, outcome } = JSON.parse(stdout) as {
    entry: { command: string; args: string[] };
    outcome: string;
  };
  expect(outcome).toBe("written");
  expect(entry).toEqual({
    command: process.execPath,
    args: [program, "dev", "--stdio", project.path(project.entry)],
  });
});

test("a client that nobody knows", async ({ bench }) => {
  const project = await bench.project("offering.ts");
  const { exitCode, stderr } = await bench.mcp(project.folder, ["install", "emacs"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("claude, claude-code, cursor, vscode");
});

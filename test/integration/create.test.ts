/** create-fastmcp from the outside: what it prints, how it ends, and what is on the disk afterwards. */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scratch, type Scratch } from "./create-cli.ts";

const filesOnly = ["--no-install", "--no-git"];
let place: Scratch;

beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const here = (): Promise<string[]> => readdir(place.folder);

describe("a new project", () => {
  test("is written whole, with two tokens of its own that only its owner reads", async () => {
    const { code, stdout, stderr } = await place.create(["my-server", ...filesOnly]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("cd my-server");
    expect(stdout).toContain("npm install");
    expect(stdout).not.toContain("\u001B");
    expect(await here()).toEqual(["my-server"]);
    const env = join(place.folder, "my-server", ".env");
    expect((await stat(env)).mode & 0o777).toBe(0o600);
    const tokens = [...(await readFile(env, "utf8")).matchAll(/^MCP_(?:ADMIN|USER)_TOKEN=(.+)$/gm)];
    expect(new Set(tokens.map(([, token]) => token)).size).toBe(2);
  });

  test("keeps its scope, and goes where the path says", async () => {
    await place.create(["packages/@acme/weather", ...filesOnly]);
    const manifest = await readFile(join(place.folder, "packages/@acme/weather/package.json"), "utf8");
    expect(JSON.parse(manifest)).toMatchObject({ name: "@acme/weather" });
  });

  test("--json is one value without a token in it", async () => {
    const { stdout } = await place.create(["x", "--json", ...filesOnly]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "x",
      command: expect.stringContaining("create-fastmcp x --template session") as string,
      result: { install: "skipped", git: "skipped", verify: "skipped" },
    });
    expect(stdout).not.toContain("dev-admin-");
  });

  test("--dry-run shows the tree and writes nothing", async () => {
    const { code, stdout } = await place.create(["x", "--dry-run", "--pm", "pnpm"]);
    expect(code).toBe(0);
    expect(stdout).toContain("pnpm-workspace.yaml");
    expect(stdout).toMatch(/├─ src\/\n(?:│ .*\n)*│ {2}│ {2}└─ whoami\.ts\n/);
    expect(stdout).toContain("then pnpm install");
    expect(await here()).toEqual([]);
  });

  test("flags that npm kept are found and named", async () => {
    const { stdout, stderr } = await place.create(["x", "--json", ...filesOnly], {
      npm_command: "exec",
      npm_config_user_agent: "npm/11.0.0 node/v20",
      npm_config_transport: "stdio",
      npm_config_roots: "",
    });
    expect(JSON.parse(stdout)).toMatchObject({ transport: "stdio", roots: false });
    expect(stderr).toContain("--transport=stdio --no-roots");
  });
});

describe("below another project's package.json", () => {
  test.each([
    [{ name: "other" }, true],
    [{ name: "monorepo", workspaces: ["packages/*"] }, false],
  ])("%j: Yarn's project begins here: %s", async (manifest, begins) => {
    await writeFile(join(place.folder, "package.json"), JSON.stringify(manifest));
    await place.create(["packages/x", "--pm", "yarn", ...filesOnly]);
    const files = await readdir(join(place.folder, "packages/x"));
    expect(files.includes("yarn.lock")).toBe(begins);
  });

  test("where a workspace installs for it, clients start what is installed above", async () => {
    await writeFile(join(place.folder, "package.json"), '{ "workspaces": ["packages/*"] }');
    const installed = "../../node_modules/create-fastmcp/bin";
    await place.program("npm", `mkdir -p ${installed} && touch ${installed}/mcp.js`);
    const { stdout } = await place.create(["packages/x", "--no-git"]);
    expect(stdout).toContain(`clients start ${installed}/mcp.js`);
    expect(stdout).toContain("yours to adapt: .github/workflows/ci.yml, Dockerfile");
    for (const [file, start] of [
      [".mcp.json", `"${installed}/mcp.js"`],
      [".cursor/mcp.json", `"\${workspaceFolder}/${installed}/mcp.js"`],
      [".vscode/mcp.json", `"\${workspaceFolder}/${installed}/mcp.js"`],
    ] as const)
      expect(await readFile(join(place.folder, "packages/x", file), "utf8")).toContain(start);
  });

  test("the lockfile of a project that is there stays", async () => {
    await writeFile(join(place.folder, "package.json"), "{}");
    await mkdir(join(place.folder, "x"));
    await writeFile(join(place.folder, "x/yarn.lock"), "mine");
    await place.create(["x", "--force", "--pm", "yarn", ...filesOnly]);
    expect(await readFile(join(place.folder, "x/yarn.lock"), "utf8")).toBe("mine");
  });
});

describe("wrong usage is said in two lines, and leaves nothing", () => {
  test.each([
    { args: [], code: 2, error: "no directory was given", hint: "create-fastmcp my-mcp-server" },
    {
      args: ["--no-git", "--auth", "jwt"],
      code: 2,
      error: "no directory was given",
      hint: "my-mcp-server --template session --transport http --auth jwt --state memory --no-git --yes",
    },
    { args: ["x", "--verify", "--no-install"], code: 2, error: "--verify needs", hint: "one of the two" },
    { args: ["con"], code: 2, error: 'Windows would refuse the name "con"', hint: "con-server" },
    { args: ["My Server"], code: 2, error: 'refuse the name "My Server"', hint: "create-fastmcp my-server" },
    { args: ["x", "--tempalte", "y"], code: 2, error: "--tempalte", hint: "--template" },
    { args: ["x", "--template", "y"], code: 2, error: 'no template "y"', hint: "session" },
    { args: ["x", "--auth", "magic"], code: 2, error: '--auth cannot be "magic"', hint: "none, token, jwt" },
    {
      args: ["x", "--template", "minimal", "--state", "redis"],
      code: 2,
      error: '"minimal" has no --state',
      hint: "another template",
    },
    { args: ["/dev/null/x"], code: 1, error: "a part of its path is a file", hint: "another directory" },
  ])("$args", async ({ args, code, error, hint }) => {
    const ended = await place.create(args);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe("");
    const lines = ended.stderr.split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(error);
    expect(lines[1]).toContain(hint);
    expect(await here()).toEqual([]);
  });
});

describe("a folder that exists", () => {
  test("with harmless files is fine, `.` too; README.md stays the person's", async () => {
    const folder = join(place.folder, "mine");
    await mkdir(join(folder, ".idea"), { recursive: true });
    await writeFile(join(folder, "README.md"), "mine");
    const ended = await execa(
      "node",
      [join(import.meta.dirname, "../../bin/create-fastmcp.js"), ".", ...filesOnly],
      {
        cwd: folder,
        env: place.env,
        extendEnv: false,
      },
    );
    expect(ended.stdout).toContain("your README.md kept");
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("mine");
    expect((await readdir(folder)).filter((name) => name.startsWith(".create"))).toEqual([]);
  });

  test("with others in a folder that the project has too refuses, and lists them", async () => {
    for (const folder of ["src", ".github"]) {
      await mkdir(join(place.folder, "x", folder), { recursive: true });
      await writeFile(join(place.folder, "x", folder, "old.ts"), "mine");
    }
    const refused = await place.create(["x", ...filesOnly]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("is not empty: src/old.ts")]);
    expect(refused.stderr).not.toContain(".github");
  });

  test("with others refuses and lists them; --force writes over its own files only", async () => {
    await mkdir(join(place.folder, "x"));
    await writeFile(join(place.folder, "x", "package.json"), "{}");
    await writeFile(join(place.folder, "x", "notes.txt"), "mine");
    const refused = await place.create(["x", ...filesOnly]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("package.json, notes.txt");
    expect(await readdir(join(place.folder, "x"))).toHaveLength(2);
    const forced = await place.create(["x", "--force", ...filesOnly]);
    expect(forced.code).toBe(0);
    expect(await readFile(join(place.folder, "x", "notes.txt"), "utf8")).toBe("mine");
    expect(await readFile(join(place.folder, "x", "package.json"), "utf8")).toContain('"x"');
  });
});

describe("the install", () => {
  test("that fails shows the end of its log and the command to try again; the project stays", async () => {
    await place.program("npm", 'echo "npm error something broke" >&2; exit 7');
    const { code, stderr } = await place.create(["x", "--no-git"]);
    expect(code).toBe(1);
    expect(stderr).toContain("npm error something broke");
    expect(stderr).toContain("cd x && npm install");
    expect(await readdir(join(place.folder, "x"))).toContain("package.json");
  });

  test("without a network is given up, and says why", async () => {
    const line =
      'echo "npm http fetch GET https://registry.invalid/zod attempt $n failed with ENOTFOUND" >&2';
    await place.program("npm", `n=1; ${line}; n=2; ${line}; exec node -e 'setTimeout(()=>{},60000)'`);
    const { code, stderr } = await place.create(["x", "--no-git"]);
    expect(code).toBe(1);
    expect(stderr).toContain("could not reach the package registry (ENOTFOUND): is there a network?");
  });

  test("with a package manager that is not there says so", async () => {
    const { code, stderr } = await place.create(["x", "--no-git", "--pm", "bun"]);
    expect(code).toBe(1);
    expect(stderr).toContain("bun could not be started: it is not installed");
  });

  test.each([
    ["INT", 130],
    ["TERM", 143],
  ])("interrupted by SIG%s leaves nothing, in a folder that existed neither", async (signal, code) => {
    // The package manager itself sends the signal: it is certainly running then.
    await place.program(
      "npm",
      `mkdir node_modules; kill -${signal} $PPID; exec node -e 'setTimeout(()=>{},60000)'`,
    );
    const ended = await place.create(["a/x"]);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain("cancelled, nothing was left behind");
    expect(await here()).toEqual([]);

    await mkdir(join(place.folder, "mine"));
    await writeFile(join(place.folder, "mine", "LICENSE"), "mine");
    expect((await place.create(["mine"])).code).toBe(code);
    expect(await readdir(join(place.folder, "mine"))).toEqual(["LICENSE"]);
  });
});

describe("git", () => {
  const identity = "[user]\n\tname = Some One\n\temail = someone@example.com\n";

  async function withGit(gitconfig: string): Promise<void> {
    await place.program("git", `exec ${(await execa("which", ["git"])).stdout} "$@"`);
    await writeFile(place.env["GIT_CONFIG_GLOBAL"] ?? "", gitconfig);
  }
  const git = async (...args: string[]): Promise<string> =>
    (await execa("git", args, { cwd: join(place.folder, "x"), env: place.env })).stdout;

  test("has a first commit of everything but the secrets", async () => {
    await withGit(identity);
    const { stdout } = await place.create(["x", "--no-install"]);
    expect(stdout).toContain("first commit in a new git repository");
    expect(await git("log", "--format=%s")).toMatch(/^Create x with create-fastmcp/);
    expect(await git("status", "--porcelain")).toBe("");
    expect((await git("ls-files")).split("\n")).not.toContain(".env");
  });

  test("has it after an install that failed, too", async () => {
    await withGit(identity);
    await place.program("npm", "exit 7");
    const { code, stdout } = await place.create(["x"]);
    expect(code).toBe(1);
    expect(stdout).toContain("first commit in a new git repository");
    expect(await git("status", "--porcelain")).toBe("");
    expect((await git("ls-files")).split("\n")).toContain("package.json");
  });

  test("is left alone inside a repository", async () => {
    await withGit(identity);
    await execa("git", ["init", "--quiet"], { cwd: place.folder, env: place.env });
    const { code, stdout } = await place.create(["x", "--no-install"]);
    expect(code).toBe(0);
    expect(stdout).toContain("no commit: the folder is already in a git repository");
    expect(await readdir(join(place.folder, "x"))).not.toContain(".git");
  });

  test("without an identity, or not there at all, is skipped with a word", async () => {
    expect((await place.create(["a", "--no-install"])).stdout).toContain("no commit: git is not installed");
    await withGit("");
    expect((await place.create(["b", "--no-install"])).stdout).toContain(
      "no commit: git does not know who you are",
    );
    expect(await readdir(join(place.folder, "b"))).not.toContain(".git");
  });
});

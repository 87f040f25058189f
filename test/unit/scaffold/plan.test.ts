/** The plan of every combination of options: which files, and what is adapted in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { combinationsOf, templates, type Template } from "../../../src/scaffold/catalogue.ts";
import type { TemplateOptions } from "../../../src/scaffold/catalogue.ts";
import { layerOf, packageManagers, type PackageManager } from "../../../src/scaffold/package-managers.ts";
import { planFiles, templateProjectName, type PlannedFile } from "../../../src/scaffold/plan.ts";
import { readLayers, readVersions } from "../../../src/scaffold/read-template.ts";
import { newSecrets } from "../../../src/scaffold/secrets.ts";

const root = join(import.meta.dirname, "../../..");
const templatesFolder = join(root, "templates");
const name = "@acme/weather";

async function planned(
  template: Template,
  options: TemplateOptions,
  manager: PackageManager = "npm",
  version?: string,
) {
  const files = planFiles({
    name,
    files: await readLayers(templatesFolder, template.layers(options, layerOf(manager, version))),
    versions: await readVersions(templatesFolder),
    packageManager: manager,
    packageManagerVersion: version,
    inStrangeProject: false,
    cliSource: "^1.2.3",
    secrets: newSecrets(options.auth, name),
  });
  return new Map(files.map((file) => [file.path, file]));
}

const all = templates.flatMap((template) =>
  combinationsOf(template).map((options) => ({ template, options, title: titleOf(template, options) })),
);

function titleOf({ name }: Template, { transport, auth, state, roots }: TemplateOptions): string {
  return [name, transport, auth, state, roots ? "roots" : "no-roots"].join(" ");
}

const content = (files: ReadonlyMap<string, PlannedFile>, path: string): string =>
  files.get(path)?.content ?? "";

describe.each(all)("$title", ({ template, options }) => {
  test("is whole, in its own name, and keeps its secrets in .env", async () => {
    const files = await planned(template, options);
    expect(content(files, "src/server.ts")).toContain(
      options.transport === "http" ? '"httpStream"' : '"stdio"',
    );
    expect(JSON.parse(content(files, "package.json"))).toMatchObject({
      name,
      devDependencies: { "create-fastmcp": "^1.2.3" },
      allowScripts: { esbuild: true },
    });
    for (const path of [
      "README.md",
      "Dockerfile",
      ".github/workflows/ci.yml",
      ".gitignore",
      ".vscode/mcp.json",
    ]) {
      expect(files.has(path), path).toBe(true);
    }
    const secrets = Object.values(newSecrets(options.auth, name));
    for (const { path, content, secret } of files.values()) {
      expect(content, path).not.toContain(templateProjectName);
      expect(path.split("/").some((part) => part.startsWith("_") || part.endsWith(".parts"))).toBe(false);
      expect(secret, path).toBe(path === ".env");
      for (const value of secrets) expect(content).not.toContain(value);
    }
    expect(content(files, ".gitignore")).toMatch(/^\.env$/m);
  });

  test("imports what its package.json names, and nothing else is named", async () => {
    const files = await planned(template, options);
    const manifest = JSON.parse(content(files, "package.json")) as Record<string, Record<string, string>>;
    const { dependencies = {}, devDependencies = {}, scripts = {} } = manifest;
    const imported = { shipped: new Set<string>(), other: new Set<string>() };
    for (const { path, content } of files.values()) {
      if (!/\.[jt]s$/.test(path)) continue;
      for (const [, from = ""] of content.matchAll(/(?:from|import) "([^".][^"]*)"/g)) {
        if (from.startsWith("node:")) continue;
        const parts = from.split("/");
        const name = parts.slice(0, from.startsWith("@") ? 2 : 1).join("/");
        (path.startsWith("src/") ? imported.shipped : imported.other).add(name);
      }
    }
    for (const name of imported.shipped) expect(Object.keys(dependencies)).toContain(name);
    for (const name of imported.other)
      expect(Object.keys({ ...dependencies, ...devDependencies })).toContain(name);
    expect([...imported.shipped].sort()).toEqual(Object.keys(dependencies).sort());
    // What no file imports is a program that a script runs, or types.
    const programs = { typescript: "tsc", "create-fastmcp": "mcp", tsx: "tsx" } as Record<string, string>;
    for (const name of Object.keys(devDependencies)) {
      if (imported.other.has(name) || name.startsWith("@types/") || name === "tsx") continue;
      expect(Object.values(scripts).join(" "), name).toContain(programs[name] ?? name);
    }
  });
});

test("every layer is in some combination, and is compiled where it stands", () => {
  const folders = (path: string): string[] =>
    readdirSync(join(templatesFolder, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${path}/${entry.name}`);
  const used = new Set(
    all.flatMap(({ template, options }) =>
      [...packageManagers, "yarn-1" as const].flatMap((manager) => template.layers(options, manager)),
    ),
  );
  const present = readdirSync(templatesFolder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect([...used].sort()).toEqual(present.flatMap(({ name }) => folders(name)).sort());

  for (const { name } of templates) {
    const configs = readdirSync(join(templatesFolder, name)).filter((file) => file.startsWith("tsconfig"));
    const { types } = (
      JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
        scripts: Record<string, string>;
      }
    ).scripts;
    const compiled = configs.flatMap((file) => {
      expect(types).toContain(`templates/${name}/${file}`);
      return (JSON.parse(readFileSync(join(templatesFolder, name, file), "utf8")) as { include: string[] })
        .include;
    });
    expect([...new Set(compiled)].sort().map((layer) => `${name}/${layer}`)).toEqual(folders(name).sort());
  }
});

const [session] = templates as [Template];

test("options bring what belongs to them, and nothing else", async () => {
  const { defaults } = session;
  const paths = async (options: Partial<TemplateOptions>) => [
    ...(await planned(session, { ...defaults, ...options })).keys(),
  ];
  expect(await paths({ roots: true })).toContain("src/tools/list-roots.ts");
  expect(await paths({ roots: false })).not.toContain("src/tools/list-roots.ts");
  expect(await paths({ auth: "none" })).not.toContain("src/session-owners.ts");
  expect(await paths({ auth: "jwt" })).toContain("scripts/token.ts");
  expect(await paths({ auth: "oauth", state: "redis" })).toContain("src/token-storage.ts");
  expect(await paths({ state: "redis" })).not.toContain("src/memory-store.ts");
});

test("the README of each combination speaks of what it has", async () => {
  for (const auth of ["none", "token", "jwt", "oauth"] as const) {
    for (const state of ["memory", "redis"] as const) {
      const readme = content(await planned(session, { ...session.defaults, auth, state }), "README.md");
      expect(readme.includes("MCP_ADMIN_TOKEN")).toBe(auth === "token");
      expect(readme.includes("npm run token")).toBe(auth === "jwt");
      expect(readme.includes("npm run issuer")).toBe(auth === "oauth");
      expect(readme.includes("REDIS_URL")).toBe(state === "redis");
      expect(readme).toContain("must be sticky");
    }
  }
});

test("what a stdio project says about production is about processes", async () => {
  const readme = content(await planned(session, { ...session.defaults, transport: "stdio" }), "README.md");
  expect(readme).toContain("nothing has to be sticky");
  expect(readme).not.toContain("HAProxy");
});

test.each(packageManagers)(
  "%s: builds approved, commands in its words, no dependency without a version",
  async (manager) => {
    const files = await planned(session, session.defaults, manager);
    const approvals = ["package.json", "pnpm-workspace.yaml"].map((path) => content(files, path)).join("");
    expect(approvals).toContain("esbuild");
    expect(content(files, "README.md")).toContain(`${manager} run dev`);
    expect(content(files, "AGENTS.md")).toContain(`${manager} run typecheck`);
    expect(content(files, "Dockerfile")).toContain(`${manager} run build`);
    expect(content(files, ".github/workflows/ci.yml")).toContain(`${manager} run lint`);
    expect(content(files, "package.json")).not.toContain('"*"');
  },
);

test("CI and containers use the manager that made the lockfile", async () => {
  const with12 = await planned(session, session.defaults, "pnpm", "12.1.0");
  expect(content(with12, "package.json")).toContain('"packageManager": "pnpm@12.1.0"');
  expect(content(await planned(session, session.defaults, "pnpm"), "package.json")).toContain('"pnpm@10.');
  expect(content(await planned(session, session.defaults), "package.json")).not.toContain("packageManager");

  const berry = await planned(session, session.defaults, "yarn", "4.18.1");
  expect(content(berry, "Dockerfile")).toContain("corepack enable");
  expect(berry.has(".yarnrc")).toBe(false);
  const classic = await planned(session, session.defaults, "yarn", "1.22.22");
  expect(content(classic, "package.json")).toContain('"packageManager": "yarn@1.22.22"');
  expect(content(classic, "Dockerfile")).toContain("--frozen-lockfile");
  expect(content(classic, ".github/workflows/ci.yml")).toContain("--frozen-lockfile");
  expect(content(classic, ".yarnrc")).toContain("ignore-engines");
});

test("the CI's parts fit together: a job with its steps, and the services that it needs", async () => {
  for (const manager of packageManagers) {
    const files = await planned(session, { ...session.defaults, state: "redis" }, manager);
    const outline = content(files, ".github/workflows/ci.yml")
      .split("\n")
      .filter((line) => /^ {0,4}\S/.test(line));
    expect(outline.slice(outline.indexOf("jobs:"))).toEqual([
      ...["jobs:", "  check:", "    runs-on: ubuntu-latest", "    timeout-minutes: 10"],
      ...["    services:", "    env:", "    steps:"],
    ]);
  }
});

test("the versions that new projects get are the ones that are tested here", async () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(await readVersions(templatesFolder))) {
    expect(version.replace(/^[~^]/, ""), name).toBe(manifest.devDependencies[name]);
  }
});

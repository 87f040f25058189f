/** The plan of every combination of options: which files, and what is adapted in them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { templates, transports } from "../../../src/scaffold/catalogue.ts";
import { packageManagers, type PackageManager } from "../../../src/scaffold/package-managers.ts";
import { planFiles, templateProjectName } from "../../../src/scaffold/plan.ts";
import { readLayers, readVersions } from "../../../src/scaffold/read-template.ts";

const root = join(import.meta.dirname, "../../..");
const templatesFolder = join(root, "templates");
const tokens = { admin: "token-of-admin", user: "token-of-user" };
const template = templates[0]!;

const combinations = transports.flatMap((transport) => [true, false].map((roots) => ({ transport, roots })));

async function planned(options: (typeof combinations)[number], packageManager: PackageManager = "npm") {
  const files = planFiles({
    name: "@acme/weather",
    files: await readLayers(join(templatesFolder, template.name), template.layers(options)),
    versions: await readVersions(templatesFolder),
    packageManager,
    cliSource: "^1.2.3",
    tokens,
  });
  return new Map(files.map((file) => [file.path, file]));
}

test.each(combinations)("transport $transport, roots $roots", async ({ transport, roots }) => {
  const files = await planned({ transport, roots });
  expect(files.has("src/tools/list-roots.ts")).toBe(roots);
  expect(files.get("src/roots-options.ts")?.content).toContain(`enabled: ${String(roots)}`);
  expect(files.get("src/server.ts")?.content).toContain(transport === "http" ? '"httpStream"' : '"stdio"');
  expect(JSON.parse(files.get("package.json")!.content)).toMatchObject({
    name: "@acme/weather",
    devDependencies: { "create-fastmcp": "^1.2.3" },
    allowScripts: { esbuild: true },
  });
  for (const { path, content } of files.values()) {
    expect(content, path).not.toContain(templateProjectName);
    expect(path.split("/").some((part) => part.startsWith("_"))).toBe(false);
  }
});

test("tokens are in .env, which is secret and ignored by git, and nowhere else", async () => {
  const files = await planned({ transport: "http", roots: true });
  expect(files.get(".gitignore")?.content).toMatch(/^\.env$/m);
  for (const { path, content, secret } of files.values()) {
    expect(secret).toBe(path === ".env");
    expect(content.includes("token-of-")).toBe(path === ".env");
  }
  expect(files.get(".env")?.content).toMatch(/^MCP_ADMIN_TOKEN=token-of-admin$/m);
  expect(files.get(".env")?.content).toMatch(/^MCP_TOKEN=token-of-user$/m);
});

test.each(packageManagers)(
  "%s: builds approved, README in its words, no dependency without a version",
  async (manager) => {
    const files = await planned({ transport: "http", roots: true }, manager);
    const approvals = ["package.json", "pnpm-workspace.yaml"]
      .map((path) => files.get(path)?.content ?? "")
      .join("");
    expect(approvals).toContain("esbuild");
    expect(files.get("README.md")?.content).toContain(`${manager} run dev`);
    expect(files.get("package.json")?.content).not.toContain('"*"');
  },
);

test("the versions that new projects get are the ones that are tested here", async () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(await readVersions(templatesFolder))) {
    expect(version.replace(/^[~^]/, ""), name).toBe(manifest.devDependencies[name]);
  }
});

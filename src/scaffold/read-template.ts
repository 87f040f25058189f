/** Reads the layers of a template from disk and lays them over each other; and the versions that go with all templates. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CliError } from "../cli-error.ts";
import { mergeManifests } from "./manifest.ts";
import type { TemplateFiles } from "./plan.ts";

/** `README.md.parts/20-auth.md` is a part of README.md: parts of all layers are put together in the order of their names. */
const partPath = /^(.+)\.parts\/([^/]+)$/;

/**
 * A file is in one layer only, with two exceptions: parts, and package.json, whose entries are put together.
 * @param layers folders under `templatesFolder`.
 * @throws CliError if two layers have the same file: options would hide each other.
 */
export async function readLayers(templatesFolder: string, layers: readonly string[]): Promise<TemplateFiles> {
  const files = new Map<string, string>();
  const parts = new Map<string, Map<string, string>>();
  for (const layer of layers) {
    for (const [path, content] of await readLayer(join(templatesFolder, layer))) {
      const [, whole, part] = partPath.exec(path) ?? [];
      if (whole !== undefined && part !== undefined) {
        const known = parts.get(whole) ?? new Map<string, string>();
        parts.set(whole, addTo(known, part, content, path));
      } else if (path === "package.json" && files.has(path)) {
        files.set(path, mergeManifests(files.get(path) ?? "{}", content));
      } else addTo(files, path, content, path);
    }
  }
  for (const [path, contents] of parts) {
    const sorted = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
    addTo(files, path, sorted.map(([, content]) => content).join("\n"), path);
  }
  return files;
}

async function readLayer(folder: string): Promise<[path: string, content: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((each) => each.isFile())
      .map(async (entry): Promise<[string, string]> => {
        const path = join(entry.parentPath, entry.name);
        return [relative(folder, path).split(sep).join("/"), await readFile(path, "utf8")];
      }),
  );
}

function addTo(files: Map<string, string>, key: string, content: string, path: string): Map<string, string> {
  if (files.has(key)) throw new CliError(`two layers of the template have the file ${path}`);
  return files.set(key, content);
}

export async function readVersions(templatesFolder: string): Promise<Readonly<Record<string, string>>> {
  const parsed: unknown = JSON.parse(await readFile(join(templatesFolder, "versions.json"), "utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new CliError("versions.json is not an object");
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

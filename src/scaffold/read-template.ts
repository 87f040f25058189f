/** Reads a template's layers from disk, and the versions that go with all templates. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CliError } from "../cli-error.ts";
import type { TemplateFiles } from "./plan.ts";

/** @throws CliError if two layers have the same file: options would hide each other. */
export async function readLayers(templateFolder: string, layers: readonly string[]): Promise<TemplateFiles> {
  const files = new Map<string, string>();
  for (const layer of layers) {
    const folder = join(templateFolder, layer);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const key = relative(folder, path).split(sep).join("/");
      if (files.has(key)) throw new CliError(`two layers of the template have the file ${key}`);
      files.set(key, await readFile(path, "utf8"));
    }
  }
  return files;
}

export async function readVersions(templatesFolder: string): Promise<Readonly<Record<string, string>>> {
  const parsed: unknown = JSON.parse(await readFile(join(templatesFolder, "versions.json"), "utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new CliError("versions.json is not an object");
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Files of the person's that a creation adds to: the variables of .env, and the servers of the clients' configurations. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { CliError } from "../cli-error.ts";
import type { PlannedFile } from "../scaffold/plan.ts";
import { addMissing } from "../scaffold/secrets.ts";
import type { Fit } from "../scaffold/target.ts";
import { messageOf } from "../scaffold/undo.ts";

/** Those of the .env that is there. */
export async function knownVariables(folder: string): Promise<NodeJS.Dict<string>> {
  return readFile(join(folder, ".env"), "utf8").then(parseEnv, () => ({}));
}

/**
 * What to write with what is there in it; a file that says all of it already is kept.
 * @throws CliError for one that cannot be read.
 */
export async function mergeFiles(
  folder: string,
  planned: readonly PlannedFile[],
  fit: Fit,
): Promise<{ readonly files: readonly PlannedFile[]; readonly fit: Fit }> {
  const files = await Promise.all(
    planned.map(async (file) => (fit.merge.includes(file.path) ? merged(folder, file) : file)),
  );
  const same = await Promise.all(
    files.map(async ({ path, content, before }) => {
      if (before !== undefined) return content === before;
      if (!fit.overwrite.includes(path)) return false;
      return readFile(join(folder, path), "utf8").then(
        (present) => present === content,
        () => false,
      );
    }),
  );
  const unchanged = files.flatMap(({ path }, index) => (same[index] === true ? [path] : []));
  const changed = (path: string): boolean => !unchanged.includes(path);
  return {
    files,
    fit: {
      ...fit,
      overwrite: fit.overwrite.filter(changed),
      merge: fit.merge.filter(changed),
      keep: [...fit.keep, ...unchanged],
    },
  };
}

async function merged(folder: string, file: PlannedFile): Promise<PlannedFile> {
  const path = join(folder, file.path);
  const before = await readText(path);
  const content =
    file.path === ".env" ? addMissing(before, file.content) : await withServer(path, before, file.content);
  return { ...file, content, before };
}

/** As `mcp install --force` writes it. */
async function withServer(file: string, before: string, planned: string): Promise<string> {
  const { mergedText } = await import("../client/config-file.ts");
  const [[key, servers] = ["", {}]] = Object.entries(JSON.parse(planned) as Record<string, object>);
  const [[name, entry] = ["", {}]] = Object.entries(servers as Record<string, object>);
  return mergedText(before, { file, key, name, entry, force: true }) ?? before;
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const isOther = error instanceof TypeError;
    throw new CliError(isOther ? `${path} is not UTF-8 text` : `${path} cannot be read`, {
      hint: isOther ? "save it as UTF-8 first; nothing was written" : messageOf(error),
      cause: error,
    });
  }
}

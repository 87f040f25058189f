/** A workspace above a new project may install its packages further up, this one among them: clients are told where it is. */
import { readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { installedProgram } from "../client/config-entry.ts";
import type { PlannedFile } from "../scaffold/plan.ts";

const ownProgram = "node_modules/create-fastmcp/bin/mcp.js";

/**
 * Names, in the files just written, the program where the install has put it.
 * @returns its path from the project, if that is above.
 */
export async function nameHoistedProgram(
  project: string,
  files: readonly PlannedFile[],
): Promise<string | undefined> {
  const installed = installedProgram(project);
  if (installed === undefined) return undefined;
  const program = relative(project, installed).split(sep).join("/");
  if (program === ownProgram) return undefined;
  for (const { path, content } of files) {
    if (!content.includes(ownProgram)) continue;
    const file = join(project, path);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll(/(?<!\.\.\/)node_modules\/create-fastmcp\/bin\/mcp\.js/g, program));
  }
  return program;
}

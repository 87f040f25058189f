/** Lays code out as the project's own Prettier does, where it has one. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as prettier from "prettier";
import type { AddedFile } from "./addition.ts";

type Prettier = Pick<typeof prettier, "format" | "resolveConfig">;

/**
 * New files as Prettier has them; a file that was edited only if it was laid out so before, and else just as its author and the
 * edit left it. A Prettier that is missing, or fails, changes nothing.
 */
export async function formatAsProject(
  project: string,
  files: readonly AddedFile[],
): Promise<readonly AddedFile[]> {
  const own = await projectPrettier(project);
  if (own === undefined) return files;
  return Promise.all(
    files.map(async (file) => {
      const { path, content, before } = file;
      const format = async (text: string): Promise<string> => {
        const filepath = join(project, path);
        const config = await own.resolveConfig(filepath, { editorconfig: true });
        return own.format(text, { ...config, filepath });
      };
      try {
        if (before !== undefined && (await format(before)) !== before) return file;
        return { ...file, content: await format(content) };
      } catch {
        return file;
      }
    }),
  );
}

async function projectPrettier(project: string): Promise<Prettier | undefined> {
  try {
    const path = createRequire(join(project, "package.json")).resolve("prettier");
    const loaded: unknown = await import(pathToFileURL(path).href);
    // A CommonJS module has its exports under `default`.
    const own: unknown =
      typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : loaded;
    return isPrettier(own) ? own : undefined;
  } catch {
    return undefined;
  }
}

function isPrettier(loaded: unknown): loaded is Prettier {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "format" in loaded &&
    typeof loaded.format === "function" &&
    "resolveConfig" in loaded &&
    typeof loaded.resolveConfig === "function"
  );
}

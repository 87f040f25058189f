/** Packages that new files import and a project does not have: without them, the files do not compile. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AddedFile } from "./addition.ts";
import { errorCode } from "./file-errors.ts";

export type MissingPackages = {
  readonly ofServer: readonly string[];
  readonly ofTests: readonly string[];
};

export function missingPackages(project: string, files: readonly AddedFile[]): MissingPackages {
  const require = createRequire(join(project, "package.json"));
  const missingIn = (folder: string): readonly string[] => {
    const code = files.filter(({ path, before }) => before === undefined && path.startsWith(folder));
    const missing = code
      .flatMap(({ content }) => packageImports(content))
      .filter((each) => !has(require, each));
    return [...new Set(missing.map(packageOf))];
  };
  const ofServer = missingIn("src/");
  return { ofServer, ofTests: missingIn("test/").filter((name) => !ofServer.includes(name)) };
}

function packageImports(code: string): readonly string[] {
  return [...code.matchAll(/^(?:import |\}).*\bfrom ["']([^."'][^"']*)["']/gm)].flatMap(
    ([, from]) => from ?? [],
  );
}

/** One that only `import` finds is there too. */
function has(require: NodeJS.Require, specifier: string): boolean {
  try {
    require.resolve(specifier);
    return true;
  } catch (error) {
    return errorCode(error) !== "MODULE_NOT_FOUND";
  }
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The project's own TypeScript, through which its code is read. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type typescript from "typescript";
import { CliError } from "../cli-error.ts";

export type Ts = typeof typescript;

/** @throws CliError where the project has none, or one without a programming interface, as version 7 is. */
export function projectTypeScript(project: string): Ts {
  const require = createRequire(join(project, "package.json"));
  let loaded: unknown;
  try {
    loaded = require("typescript");
  } catch (error) {
    throw new CliError(
      "typescript, by which the place for new code is found, is not installed in this project",
      {
        hint: "install what the project needs, and run this again; nothing was written",
        cause: error,
      },
    );
  }
  if (hasParser(loaded)) return loaded;
  throw new CliError("the typescript of this project has no interface by which its code could be read", {
    hint: "install typescript 6 in the project, and run this again; nothing was written",
  });
}

function hasParser(loaded: unknown): loaded is Ts {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "createSourceFile" in loaded &&
    typeof loaded.createSourceFile === "function"
  );
}

/** Line of the first syntax error, counted from 1; undefined where there is none. */
export function syntaxErrorLine(ts: Ts, text: string): number | undefined {
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  const error = diagnostics.find(({ category }) => category === ts.DiagnosticCategory.Error);
  return error === undefined ? undefined : text.slice(0, error.start ?? 0).split(/\r?\n/).length;
}

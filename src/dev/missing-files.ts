/** The files that an import has looked for in vain: as soon as there is one of them, a start may succeed. */
import { dirname, extname, isAbsolute, resolve } from "node:path";

const missing = /^Cannot find module '([^']+)'(?: imported from |\nRequire stack:\n- )(.+)$/m;
/** TypeScript is imported by the name of what is made of it, or without an extension. */
const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];
const codeExtension = /\.[cm]?[jt]sx?$/;

/** Absolute paths; none if the error is another one, or a package is missing. */
export function missingFiles(message: string): readonly string[] {
  const [, wanted, importer] = missing.exec(message) ?? [];
  if (wanted === undefined || importer === undefined) return [];
  if (!isAbsolute(wanted) && !wanted.startsWith(".")) return [];
  const path = resolve(dirname(importer), wanted);
  const stem = path.replace(codeExtension, "");
  const stems = stem === path ? [stem, `${stem}/index`] : [stem];
  const files = stems.flatMap((each) => extensions.map((extension) => each + extension));
  // Without an extension it may be a folder.
  return extname(path) === "" ? files : [path, ...files];
}

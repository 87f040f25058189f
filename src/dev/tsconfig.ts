/** The project's TypeScript configuration, of which a child reads how names are mapped: its own file and what that extends. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { textOf } from "./installed.ts";

/** Texts by path; "" of what is not there. Without those that lie in packages. */
export function tsconfigTexts(project: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const read = (file: string): void => {
    if (texts.has(file)) return;
    const text = textOf(file);
    texts.set(file, text);
    for (const path of extendedBy(text)) read(resolve(dirname(file), path));
  };
  read(join(project, "tsconfig.json"));
  return texts;
}

/** One in a comment is a file too many, which does no harm. */
const extending = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/g;

function extendedBy(text: string): readonly string[] {
  const values = [...text.matchAll(extending)].map(([, value = ""]) => value);
  const paths = values.flatMap((value) => [...value.matchAll(/"([^"]*)"/g)].map(([, path = ""]) => path));
  return paths
    .filter((path) => path.startsWith(".") || isAbsolute(path))
    .map((path) => (path.endsWith(".json") ? path : `${path}.json`));
}

/** Which variables the server gets from which .env file: names, never values. */
import { relative } from "node:path";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type ShownSource = {
  readonly file: string;
  readonly isThere: boolean;
  readonly names: readonly string[];
  readonly overridden: readonly string[];
  readonly fromShell: readonly string[];
};

export function environmentLines(
  sources: readonly ShownSource[],
  project: string,
  { dim }: Styles,
): string[] {
  return sources.flatMap(({ file, isThere, names, overridden, fromShell }) => {
    const path = relative(project, file);
    if (!isThere) return [`${path} ${dim("(is not there)")}`];
    const notes = [
      ...(overridden.length === 0 ? [] : [`a later file has ${overridden.join(", ")}`]),
      ...(fromShell.length === 0 ? [] : [`the shell has ${fromShell.join(", ")}`]),
    ];
    const note = notes.length === 0 ? "" : dim(` (${plainText(notes.join("; "))})`);
    return [`${path}: ${names.length === 0 ? "nothing" : plainText(names.join(", "))}${note}`];
  });
}

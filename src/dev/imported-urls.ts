/** What a child has imported, as the next one is told, so that it is warm for it. */
import { pathToFileURL } from "node:url";
import type { Imported, ImportedName } from "../child/messages.ts";

export class ImportedUrls {
  readonly #modules = new Set<string>();
  readonly #packages = new Set<string>();
  readonly #names: ImportedName[] = [];

  add({ modules, packages, names }: Imported): void {
    for (const url of modules) this.#modules.add(url);
    for (const url of packages) this.#packages.add(url);
    this.#names.push(...names);
  }

  /** @param withNames whether the names of packages stand for what they stood for. */
  urls(withNames: boolean): Omit<Imported, "files"> {
    const names = withNames ? this.#names : [];
    return { modules: [...this.#modules], packages: [...this.#packages], names };
  }

  /** Whether that file, an absolute path, is one of the ES modules. */
  hasModule(file: string): boolean {
    return this.#modules.has(pathToFileURL(file).href);
  }
}

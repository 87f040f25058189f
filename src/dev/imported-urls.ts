/** What a child has imported, as the next one is told, so that it is warm for it. */
import type { Imported } from "../child/messages.ts";

export class ImportedUrls {
  readonly #modules = new Set<string>();
  readonly #packages = new Set<string>();

  add({ modules, packages }: Imported): void {
    for (const url of modules) this.#modules.add(url);
    for (const url of packages) this.#packages.add(url);
  }

  get urls(): Pick<Imported, "modules" | "packages"> {
    return { modules: [...this.#modules], packages: [...this.#packages] };
  }
}

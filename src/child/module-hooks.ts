/**
 * What the child adds to Node's module loader, around all other hooks: it names what the server imports, and keeps the
 * compiled texts of the server's modules, which a warm child can have before it runs any of them.
 */
import { readFileSync } from "node:fs";
import type { LoadFnOutput, ResolveFnOutput } from "node:module";
import { fileURLToPath } from "node:url";

/** A file of the server's own, or a package that such a file imports. */
export type Resolved = {
  readonly url: string;
  readonly isPackage: boolean;
  /** As the loaders before this one call it: "module", "commonjs". */
  readonly format: string | undefined;
  /** Otherwise the server may only have asked where it is (`import.meta.resolve`). */
  readonly isLoaded: boolean;
};

/** What was loaded in this process, and which packages were only resolved yet. */
export class Loaded {
  readonly #urls = new Set<string>();
  readonly #resolved = new Map<string, Resolved>();

  resolved(found: Omit<Resolved, "isLoaded">): Resolved {
    const isLoaded = this.#urls.has(found.url);
    if (found.isPackage && !isLoaded) this.#resolved.set(found.url, { ...found, isLoaded: true });
    return { ...found, isLoaded };
  }

  /** Returns the package, if it was resolved before. */
  loaded(url: string): Resolved | undefined {
    this.#urls.add(url);
    const found = this.#resolved.get(url);
    this.#resolved.delete(url);
    return found;
  }
}

/** Undefined for what is of no interest, such as what packages import themselves. */
export function importOf(
  { url, format }: ResolveFnOutput,
  parentUrl = "",
): Omit<Resolved, "isLoaded"> | undefined {
  const isPackage = isInstalled(url);
  if (!url.startsWith("file:") || (isPackage && isInstalled(parentUrl))) return undefined;
  return { url: url.replace(/[?#].*$/, ""), isPackage, format: format ?? undefined };
}

/** Of a URL, or of a path. */
export function isInstalled(place: string): boolean {
  return /[\\/]node_modules[\\/]/.test(place);
}

const aheadScheme = "mcp-dev-ahead:";

/** Importing this loads and compiles that module, and runs nothing. */
export function aheadUrl(url: string): string {
  return aheadScheme + url;
}

/** The hooks' answer to the import of an `aheadUrl`, which no other loader knows. */
export function resolveAhead(specifier: string): ResolveFnOutput | undefined {
  if (!specifier.startsWith(aheadScheme)) return undefined;
  return { url: specifier, format: "module", shortCircuit: true };
}

export const nothing: LoadFnOutput = { format: "module", source: "", shortCircuit: true };

/** Compiled texts by URL, each good for one import, as long as the file is what it was. */
export class TextsAhead {
  readonly #kept = new Map<string, { readonly file: Buffer; readonly loaded: LoadFnOutput }>();

  /** The module that shall be loaded ahead. */
  asked(url: string): string | undefined {
    return url.startsWith(aheadScheme) ? url.slice(aheadScheme.length) : undefined;
  }

  /** @param before the file as it was before it was loaded. */
  keep(url: string, before: Buffer, loaded: LoadFnOutput): void {
    if (loaded.format === "module" && read(url).equals(before)) this.#kept.set(url, { file: before, loaded });
  }

  take(url: string): LoadFnOutput | undefined {
    const kept = this.#kept.get(url);
    if (kept === undefined) return undefined;
    this.#kept.delete(url);
    return isStill(url, kept.file) ? { ...kept.loaded, shortCircuit: true } : undefined;
  }
}

export function read(url: string): Buffer {
  return readFileSync(fileURLToPath(url));
}

function isStill(url: string, file: Buffer): boolean {
  try {
    return read(url).equals(file);
  } catch {
    return false;
  }
}

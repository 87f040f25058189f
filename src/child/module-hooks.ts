/**
 * What the child adds to Node's module loader, around all other hooks: it names what the server imports, and keeps the
 * compiled texts of the server's modules, which a warm child can have before it runs any of them.
 */
import { readFileSync } from "node:fs";
import type { LoadFnOutput, ResolveFnOutput } from "node:module";
import { fileURLToPath } from "node:url";
import type { ImportedName } from "./messages.ts";

/** A file of the server's own, or a package that such a file imports. */
export type Resolved = {
  readonly url: string;
  readonly isPackage: boolean;
  /** As the loaders before this one call it: "module", "commonjs". */
  readonly format: string | undefined;
  /** By which it was imported; undefined where it was required. */
  readonly name: ImportedName | undefined;
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
  specifier: string,
  { parentURL: parentUrl, conditions }: Resolving,
  { url, format }: ResolveFnOutput,
): Omit<Resolved, "isLoaded"> | undefined {
  const isPackage = isInstalled(url);
  if (!url.startsWith("file:") || (isPackage && isInstalled(parentUrl ?? ""))) return undefined;
  const isKept = NamesAhead.mayKeep({ specifier, parentUrl }, url) && conditions?.includes("import") === true;
  const name = isKept ? { specifier, parentUrl } : undefined;
  return { url: url.replace(notOfFile, ""), isPackage, format: format ?? undefined, name };
}

/** On Node 20, tsx writes a query of its own into the path of CommonJS that an ES module imports. */
const notOfFile = /(?:[?#]|%3Ftsx-).*$/;

/** Of a URL, or of a path. */
export function isInstalled(place: string): boolean {
  return /[\\/]node_modules[\\/]/.test(place);
}

/** What the hooks need of a resolution's context. */
export type Resolving = { readonly parentURL?: string | undefined; readonly conditions?: readonly string[] };

/** Importing such a URL has the hooks do something ahead of its time, and runs nothing; no other loader knows it. */
const schemes = {
  text: "mcp-dev-ahead-text:",
  names: "mcp-dev-ahead-names:",
} as const;

/** Loads and compiles that module. @param count differs each time: Node imports nothing twice. */
export function textAheadUrl(url: string, count: number): string {
  return `${schemes.text}${count}:${url}`;
}

/** Resolves these names, which are imported by one module. */
export function namesAheadUrl(parentUrl: string | undefined, specifiers: readonly string[]): string {
  return schemes.names + encodeURIComponent(JSON.stringify([parentUrl ?? null, ...specifiers]));
}

export function isAhead(url: string): boolean {
  return Object.values(schemes).some((scheme) => url.startsWith(scheme));
}

/** The hooks' answers to the import of such a URL. */
export function resolvedAhead(url: string): ResolveFnOutput | undefined {
  return isAhead(url) ? { url, format: "module", shortCircuit: true } : undefined;
}

export const nothing: LoadFnOutput = { format: "module", source: "", shortCircuit: true };

/** What names stand for, each good for one import. */
export class NamesAhead {
  readonly #kept = new Map<string, ResolveFnOutput>();

  /** Other names may stand for another file after any save. */
  static mayKeep({ specifier, parentUrl }: ImportedName, url: string): boolean {
    return isInstalled(url) || (parentUrl === undefined && specifier === url);
  }

  /** The names that shall be resolved ahead. */
  asked(url: string): readonly ImportedName[] {
    if (!url.startsWith(schemes.names)) return [];
    const text = decodeURIComponent(url.slice(schemes.names.length));
    const [parentUrl, ...specifiers] = JSON.parse(text) as [string | null, ...string[]];
    return specifiers.map((specifier) => ({ specifier, parentUrl: parentUrl ?? undefined }));
  }

  /** @param context in which it was resolved: elsewhere it may stand for something else. */
  keep(name: ImportedName, { conditions }: Resolving, resolved: ResolveFnOutput): void {
    if (NamesAhead.mayKeep(name, resolved.url)) this.#kept.set(keyOf(name, conditions), resolved);
  }

  take(specifier: string, { parentURL: parentUrl, conditions }: Resolving): ResolveFnOutput | undefined {
    if (this.#kept.size === 0) return undefined;
    const key = keyOf({ specifier, parentUrl }, conditions);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    return { ...kept, shortCircuit: true };
  }
}

function keyOf({ specifier, parentUrl = "" }: ImportedName, conditions: readonly string[] = []): string {
  return [conditions.join(), parentUrl, specifier].join(" ");
}

/** Compiled texts by URL, each good for one import, as long as the file is what it was. */
export class TextsAhead {
  readonly #kept = new Map<string, { readonly file: Buffer; readonly loaded: LoadFnOutput }>();

  /** The module that shall be loaded ahead. */
  asked(url: string): string | undefined {
    return url.startsWith(schemes.text) ? url.slice(url.indexOf(":", schemes.text.length) + 1) : undefined;
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

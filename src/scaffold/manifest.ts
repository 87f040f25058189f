/** Edits the template's package.json as an object: name, versions, this package's source, what the package manager needs. */
import { CliError } from "../cli-error.ts";

export type ManifestEdits = {
  readonly name: string;
  /** Of every package that a template may depend on. */
  readonly versions: Readonly<Record<string, string>>;
  /** Top-level entries to add. */
  readonly additions: Readonly<Record<string, unknown>>;
};

/** @throws CliError where the template depends on a package whose version is not known: the template is broken. */
export function editManifest(source: string, edits: ManifestEdits): string {
  const manifest = record(JSON.parse(source));
  const edited = {
    ...manifest,
    name: edits.name,
    dependencies: withVersions(manifest["dependencies"], edits.versions),
    devDependencies: withVersions(manifest["devDependencies"], edits.versions),
    ...edits.additions,
  };
  return `${JSON.stringify(edited, undefined, 2)}\n`;
}

/** Two layers' package.json as one: entries of both are put together, dependencies in the order of their names. */
export function mergeManifests(source: string, more: string): string {
  const merged = record(JSON.parse(source));
  for (const [name, value] of Object.entries(record(JSON.parse(more)))) {
    // "type" is in every layer that has a package.json: TypeScript looks for it where the layer stands.
    if (typeof value !== "object") merged[name] = value;
    else if (/dependencies$/i.test(name)) merged[name] = sorted({ ...record(merged[name] ?? {}), ...value });
    else merged[name] = { ...record(merged[name] ?? {}), ...value };
  }
  return JSON.stringify(merged);
}

function sorted(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withVersions(
  dependencies: unknown,
  versions: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.keys(record(dependencies ?? {})).map((name) => {
      const version = Object.hasOwn(versions, name) ? versions[name] : undefined;
      if (version === undefined)
        throw new CliError(`the template depends on ${name}, which has no known version`);
      return [name, version];
    }),
  );
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new CliError("the template's package.json is not an object");
}

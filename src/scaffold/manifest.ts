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

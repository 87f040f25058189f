/** Where the new project gets this package from. */
import type { PackageManager } from "./package-managers.ts";

export type OwnPackage = {
  /** Absolute path of the package's folder. */
  readonly folder: string;
  readonly version: string;
  /** It is a working copy, not an installed package. */
  readonly checkout: boolean;
};

/** The dependency's version or source in package.json; what the user asked for is taken as it is. */
export function cliSource(own: OwnPackage, manager: PackageManager, wanted: string | undefined): string {
  if (wanted !== undefined) return wanted;
  if (!own.checkout) return `^${own.version}`;
  // npm links a `file:` folder; pnpm and yarn would copy it, without what is built there later.
  const protocol = manager === "pnpm" || manager === "yarn" ? "link:" : "file:";
  return `${protocol}${own.folder.replaceAll("\\", "/")}`;
}

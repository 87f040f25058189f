/** The plan: every file that a creation would write, computed from the template's layers and the options, touching nothing. */
import { editManifest } from "./manifest.ts";
import {
  buildApproval,
  execCommand,
  layerOf,
  pinned,
  scriptCommand,
  settingsFiles,
  type PackageManager,
} from "./package-managers.ts";
import { fillEnv, type Secrets } from "./secrets.ts";

/** Path in the template with forward slashes → content. */
export type TemplateFiles = ReadonlyMap<string, string>;

export type PlannedFile = {
  /** Relative to the project, forward slashes. */
  readonly path: string;
  readonly content: string;
  /** For the owner's eyes only. */
  readonly secret: boolean;
  /** What a file that is edited was when the edit was planned. */
  readonly before?: string;
};

export type PlanInput = {
  readonly name: string;
  readonly files: TemplateFiles;
  readonly versions: Readonly<Record<string, string>>;
  readonly packageManager: PackageManager;
  /** Undefined where nobody knows it. */
  readonly packageManagerVersion: string | undefined;
  /** A folder above is another project's, see `liesInStrangeProject`. */
  readonly inStrangeProject: boolean;
  readonly cliSource: string;
  readonly secrets: Secrets;
};

/** What the templates call themselves; it compiles, and is replaced by the project's name. */
export const templateProjectName = "my-fastmcp-server";

export function planFiles(input: PlanInput): readonly PlannedFile[] {
  const planned = [...input.files].flatMap(([storedPath, content]) => {
    const path = realPath(storedPath);
    const file = { path, content: adapt(path, content, input), secret: false };
    if (path !== ".env.example") return [file];
    return [file, { path: ".env", content: fillEnv(file.content, input.secrets), secret: true }];
  });
  const layer = layerOf(input.packageManager, input.packageManagerVersion);
  for (const [path, content] of Object.entries(settingsFiles[layer])) {
    planned.push({ path, content, secret: false });
  }
  // Where Yarn finds a lockfile, even an empty one, the project begins.
  if (layer === "yarn" && input.inStrangeProject)
    planned.push({ path: "yarn.lock", content: "", secret: false });
  return planned.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Dotfiles are stored without their dot: npm would leave a .gitignore out of the package, or read it. */
function realPath(storedPath: string): string {
  return storedPath.replace(/(^|\/)_/g, "$1.");
}

function adapt(path: string, content: string, input: PlanInput): string {
  if (path === "package.json") {
    return editManifest(content, {
      name: input.name,
      versions: { ...input.versions, "create-fastmcp": input.cliSource },
      additions: managerEntries(input),
    });
  }
  // Clients do not take a scoped name for a server of theirs.
  const name = path.endsWith("mcp.json") ? input.name.replace(/^.*\//, "") : input.name;
  const named = content.replaceAll(templateProjectName, name);
  return path.endsWith(".md") ? forPackageManager(named, input.packageManager) : named;
}

function managerEntries({ packageManager, packageManagerVersion }: PlanInput): Record<string, unknown> {
  const entries = buildApproval[layerOf(packageManager, packageManagerVersion)];
  const pin = pinned[packageManager];
  if (pin === undefined) return entries;
  return { packageManager: `${packageManager}@${packageManagerVersion ?? pin}`, ...entries };
}

function forPackageManager(text: string, manager: PackageManager): string {
  if (manager === "npm") return text;
  return text
    .replace(
      /\bnpm (?:run )?(dev|inspect|test|build|start|typecheck|lint|format|check|token|issuer)\b/g,
      (_, script: string) => scriptCommand(manager, script),
    )
    .replaceAll("npx mcp", `${execCommand[manager]} mcp`)
    .replaceAll("`npx`", `\`${execCommand[manager]}\``);
}

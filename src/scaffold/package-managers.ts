/** The package managers: which one runs us, how each installs and runs scripts, and what each wants to be told. */

export const packageManagers = ["npm", "pnpm", "yarn", "bun"] as const;
export type PackageManager = (typeof packageManagers)[number];

/** From the first token of `npm_config_user_agent`, such as "pnpm/10.1.0 npm/? node/v22.0.0"; npm if it says nothing known. */
export function packageManagerOf(userAgent: string | undefined): PackageManager {
  const name = userAgent?.trim().split(/[\s/]/)[0];
  return packageManagers.find((known) => known === name) ?? "npm";
}

/** The managers as far as projects differ: Yarn 1 has other settings and commands than those that came after it. */
export type ManagerLayer = PackageManager | "yarn-1";

export function layerOf(manager: PackageManager, version: string | undefined): ManagerLayer {
  return manager === "yarn" && version?.startsWith("1.") === true ? "yarn-1" : manager;
}

/** The manager's version in its own user agent; undefined if another manager, or none, runs us. */
export function versionIn(userAgent: string | undefined, manager: PackageManager): string | undefined {
  const [, name, version] = /^\s*([\w-]+)\/(\d+\.\d+\.\d+\S*)/.exec(userAgent ?? "") ?? [];
  return name === manager ? version : undefined;
}

/** Managers of which CI and containers have to know the version, and what they take where nobody knows it. */
export const pinned: Readonly<Partial<Record<PackageManager, string>>> = { pnpm: "10.34.8", yarn: "4.18.1" };

/** How a person runs one of the project's scripts. */
export function scriptCommand(manager: PackageManager, script: string): string {
  const short = manager !== "bun" && (script === "test" || script === "start");
  return `${manager} ${short ? "" : "run "}${script}`;
}

/** How a person runs a program of the project's node_modules. */
export const execCommand: Readonly<Record<PackageManager, string>> = {
  npm: "npx",
  pnpm: "pnpm exec",
  yarn: "yarn",
  bun: "bunx",
};

/** How a person adds packages to a project. */
export function addCommand(manager: PackageManager, packages: readonly string[], forTests: boolean): string {
  const flag = manager === "bun" ? "-d" : "-D";
  return [manager, manager === "npm" ? "install" : "add", ...(forTests ? [flag] : []), ...packages].join(" ");
}

export type Command = {
  readonly file: PackageManager;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** What a person types, and talkative enough to show progress. */
export function watchedInstallCommand(manager: PackageManager): Command {
  const extra = {
    npm: ["--no-audit", "--no-fund", "--loglevel=http"],
    pnpm: ["--reporter=append-only"],
    yarn: [],
    bun: [],
  };
  // In CI Yarn would refuse to write the first lockfile.
  const env = manager === "yarn" ? { YARN_ENABLE_IMMUTABLE_INSTALLS: "false" } : {};
  return { file: manager, args: ["install", ...extra[manager]], env };
}

/** Packages with install scripts in the tree: esbuild's is needed by tsx and vitest, tldjs' only refreshes its list. */
const buildScripts = { esbuild: true, tldjs: false };
const needed = Object.entries(buildScripts).flatMap(([name, run]) => (run ? [name] : []));
const unneeded = Object.entries(buildScripts).flatMap(([name, run]) => (run ? [] : [name]));

/** What each manager's package.json needs so that it runs those scripts without asking. */
export const buildApproval: Readonly<Record<ManagerLayer, Readonly<Record<string, unknown>>>> = {
  npm: { allowScripts: buildScripts },
  pnpm: {},
  yarn: {
    dependenciesMeta: Object.fromEntries(
      Object.entries(buildScripts).map(([name, built]) => [name, { built }]),
    ),
  },
  "yarn-1": {},
  bun: { trustedDependencies: needed },
};

/** Settings files of its own. */
export const settingsFiles: Readonly<Record<ManagerLayer, Readonly<Record<string, string>>>> = {
  npm: {},
  pnpm: {
    // pnpm 10 reads the first two, later versions the third.
    "pnpm-workspace.yaml": [
      ...["onlyBuiltDependencies:", ...needed.map((name) => `  - ${name}`)],
      ...["ignoredBuiltDependencies:", ...unneeded.map((name) => `  - ${name}`)],
      ...["allowBuilds:", ...Object.entries(buildScripts).map(([name, run]) => `  ${name}: ${String(run)}`)],
      "",
    ].join("\n"),
  },
  // Plug'n'Play hides packages from tools that look into node_modules.
  yarn: { ".yarnrc.yml": "nodeLinker: node-modules\n" },
  // It refuses what the other managers warn of: packages that ask for a newer Node than they need.
  "yarn-1": { ".yarnrc": "ignore-engines true\n" },
  bun: {},
};

/** What an install leaves in a project: taken away again when a creation is cancelled. */
export const installLeftovers = [
  "node_modules",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  ".yarn",
  ".pnp.cjs",
  ".pnp.loader.mjs",
];

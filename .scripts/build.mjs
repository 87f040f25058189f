// Bundles src into dist: commands that share chunks, `inspect` and the child's code apart, the licences of what is bundled beside it.
import { readFileSync, renameSync, rmSync, writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

// Built beside and put in place at the end: a build that fails leaves the last good one.
const staged = join(root, ".dist");
rmSync(staged, { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  metafile: true,
  legalComments: "none",
  outdir: ".dist",
  define: { __PACKAGE_VERSION__: JSON.stringify(version) },
};

const ofParent = {
  ...common,
  splitting: true,
  chunkNames: "[name]-[hash]",
  // Its main file loads its parts in a way that cannot be bundled.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  minifySyntax: true,
  minifyWhitespace: true,
  // Bundled CommonJS packages call require() of Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
};
// `inspect` would have to read two dozen shared chunks, of which Node's loader makes 8 ms of its 150.
const inspect = await build({ ...ofParent, entryPoints: { inspect: "src/commands/inspect.ts" } });
const parent = await build({
  ...ofParent,
  entryPoints: { cli: "src/cli.ts" },
  plugins: [
    {
      name: "inspect apart",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/commands\/inspect\.ts$/ }, () => ({
          path: "./inspect.js",
          external: true,
        })),
    },
  ],
});
const child = await build({
  ...common,
  entryPoints: {
    "child/main": "src/child/main.ts",
    "child/hooks": "src/child/hooks.ts",
    "child/inherited-loader": "src/child/inherited-loader.ts",
    "child/type-check": "src/child/type-check.ts",
  },
});

writeLicences([parent, inspect, child]);
rmSync(join(root, "dist"), { recursive: true, force: true });
renameSync(staged, join(root, "dist"));

/** Writes the licence text of every package whose code is in the bundles; a package without one fails the build. */
function writeLicences(results) {
  const folders = new Set();
  for (const input of results.flatMap((result) => Object.keys(result.metafile.inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) folders.add(match[1]);
  }
  const texts = [...folders].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${manifest.name} is bundled but has no licence file`);
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`;
  });
  const heading = "create-fastmcp contains code of these packages.\n";
  writeFileSync(join(staged, "LICENSES.txt"), [heading, ...texts].join(`\n${"-".repeat(80)}\n\n`));
}

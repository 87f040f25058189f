/** A child: loads everything that does not change between saves, waits for the word, then runs the server's entry. */
import module from "node:module";
import { pathToFileURL } from "node:url";
import { endWithSupervisor, hideFromServer, next, report } from "./channel.ts";
import { errorReport } from "./error-report.ts";
import { addRequired, observeImports } from "./imports.ts";
import { observeFastMCP } from "./observe-fastmcp.ts";
import { guardStdout } from "./stdout-guard.ts";

const [, , entryToWarmFor] = process.argv;

endWithSupervisor();
hideFromServer();
process.on("uncaughtExceptionMonitor", (error) => report({ type: "failed", error: errorReport(error) }));
let release: (() => void) | undefined;
observeFastMCP((transport) => {
  if (transport !== "stdio") release?.();
  setImmediate(addRequired);
});
observeImports();

const instruction = next("run");
const fastmcpVersion = await warm(entryToWarmFor);
report({ type: "warm", ...(fastmcpVersion === undefined ? {} : { fastmcpVersion }) });

const run = await instruction;
Object.assign(process.env, run.env);
process.argv = [process.execPath, run.entry, ...run.args];
if (run.guardStdout) release = guardStdout();
// Node's own way to run an entry: ESM or CommonJS by its own rules, with require.main as usual.
(module as unknown as { runMain: (entry: string) => void }).runMain(run.entry);

/** Imports FastMCP as the entry would. A server without it, or with a broken one, shows that when it runs. */
async function warm(entry: string | undefined): Promise<string | undefined> {
  if (entry === undefined) return undefined;
  try {
    const { resolve } = module.createRequire(pathToFileURL(entry));
    const file = resolve("fastmcp");
    const manifest: unknown = module.createRequire(file)("../package.json");
    await import(pathToFileURL(file.replace(/\.cjs$/, ".js")).href);
    return typeof manifest === "object" && manifest !== null && "version" in manifest
      ? String(manifest.version)
      : undefined;
  } catch {
    return undefined;
  }
}

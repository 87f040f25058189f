/** A child: loads and exercises what does not change between saves, waits for the word, then runs the server's entry. */
import module from "node:module";
import { endWithSupervisor, hideFromServer, next, report } from "./channel.ts";
import { errorReport } from "./error-report.ts";
import { watchIdle } from "./idle.ts";
import { addRequired, observeImports, reportImports, reportImportsNow } from "./imports.ts";
import { loadFastMCP } from "./load-fastmcp.ts";
import type { ErrorReport } from "./messages.ts";
import { observeFastMCP, serveAs } from "./observe-fastmcp.ts";
import { observeRejections, ownThrown } from "./rejections.ts";
import { guardStdout } from "./stdout-guard.ts";
import { compileSaved, warmUp } from "./warm-up.ts";

endWithSupervisor();
hideFromServer();
observeRejections();
/** What the server handles itself at this moment, and may end for. */
let handled: ErrorReport | undefined;
process.on("uncaughtExceptionMonitor", (uncaught) => {
  reportImportsNow();
  const error = errorReport(ownThrown(uncaught));
  if (process.listenerCount("uncaughtException") > 0) {
    handled = error;
    setImmediate(() => {
      handled = undefined;
      report({ type: "handled", error });
    });
    return;
  }
  report({ type: "failed", error });
  // Node would print the error and exit with 1. The supervisor has shown it already.
  // eslint-disable-next-line no-restricted-properties -- the process is ending: this is what Node does next
  process.exit(1);
});
process.once("exit", () => {
  reportImportsNow();
  if (handled !== undefined) report({ type: "failed", error: handled });
});
const [prepared, told] = [next("prepare"), next("run")];
let release: (() => void) | undefined;
observeFastMCP((transport) => {
  if (transport !== "stdio") release?.();
  setImmediate(addRequired);
});

const prepare = await prepared;
Object.assign(process.env, prepare.env);
process.argv = [process.execPath, prepare.entry, ...prepare.args];
if (prepare.guardStdout) release = guardStdout();
await loadFastMCP(prepare.entry);
if (prepare.loader !== undefined) await import(prepare.loader);
observeImports();
if (prepare.warmUp) {
  const running = new AbortController();
  const stopCompiling = compileSaved(prepare.imported);
  void told.then(() => {
    running.abort();
    stopCompiling();
  });
  void warmUp(prepare, running.signal).then(() => report({ type: "warm" }));
}
serveAs((await told).serve);
reportImports();
watchIdle(prepare.entry);
// Node's own way to run an entry: ESM or CommonJS by its own rules, with require.main as usual.
(module as unknown as { runMain: (entry: string) => void }).runMain(prepare.entry);

/**
 * What a child's own threads and the processes that it forks inherit as `--import`: they run TypeScript as it does. The
 * child itself loads the loader later, when FastMCP is there.
 */
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { loaderParameter } from "./messages.ts";

const loader = new URL(import.meta.url).searchParams.get(loaderParameter);
const isChild = isMainThread && process.argv[1] === fileURLToPath(new URL("./main.js", import.meta.url));
if (loader !== null && !isChild) await import(loader);

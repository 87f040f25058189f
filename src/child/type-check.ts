/** Runs the project's own TypeScript compiler as its command does, and ends with the command that wants it. */
import { pathToFileURL } from "node:url";
import { endWithSupervisor, hideFromServer } from "./channel.ts";

endWithSupervisor();
// Nothing comes over the channel but its end.
process.channel?.unref();
hideFromServer();
const [node = process.execPath, , compiler = "", ...args] = process.argv;
process.argv = [node, compiler, ...args];
await import(pathToFileURL(compiler).href);

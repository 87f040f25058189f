/** The entry: starts the server over stdio, for a client that runs it as its own process. */
import "./load-env-file.ts";
import { createServer } from "./create-server.ts";
import { logToStderr } from "./log.ts";
import { openStore } from "./open-store.ts";

const store = openStore(process.env, logToStderr);
const server = createServer({ store });

/** The process ends with its client, whatever is still open. */
function end(): void {
  void store.close().finally(() => process.exit(0));
}

server.on("disconnect", () => {
  // Standard input is read over stdio only. Over HTTP it is one client of many that has left.
  if (process.stdin.readableFlowing !== null) end();
});
await server.start({ transportType: "stdio" });
// FastMCP does not notice a client that has left by now.
if (process.stdin.readableEnded) end();

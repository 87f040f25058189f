/** The entry: starts the server over stdio, for a client that runs it as its own process. */
import "./load-env-file.ts";
import { createServer } from "./create-server.ts";
import { logToStderr } from "./log.ts";
import { openStore } from "./open-store.ts";

const store = openStore(process.env, logToStderr);
const server = createServer({ store });

// The process ends with its client, whatever it still has open.
server.on("disconnect", () => {
  void store.close().finally(() => process.exit(0));
});

await server.start({ transportType: "stdio" });

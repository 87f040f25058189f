/** The entry: starts the server over stdio, for a client that runs it as its own process. */
import "./load-env-file.ts";
import { createServer } from "./create-server.ts";

const server = createServer();
await server.start({ transportType: "stdio" });

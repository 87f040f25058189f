/** The entry: starts the server over Streamable HTTP. */
import "./load-env-file.ts";
import { createServer } from "./create-server.ts";

const port = Number(process.env["PORT"] ?? 8080);
const host = process.env["HOST"] ?? "127.0.0.1";

const server = createServer();
await server.start({ transportType: "httpStream", httpStream: { host, port, endpoint: "/mcp" } });

// In a container the first process is not ended by a signal that it does not handle.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));

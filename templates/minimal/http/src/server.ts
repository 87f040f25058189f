import { createServer } from "./create-server.ts";

const port = Number(process.env["PORT"] ?? 8080);
const host = process.env["HOST"] ?? "127.0.0.1";

await createServer().start({ transportType: "httpStream", httpStream: { host, port } });

// In a container the first process is not ended by a signal that it does not handle.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));

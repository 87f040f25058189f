import { createServer } from "./create-server.ts";

await createServer().start({ transportType: "stdio" });

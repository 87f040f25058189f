import { Console } from "node:console";
import { FastMCP } from "fastmcp";
import { z } from "zod";

export function createServer(): FastMCP {
  // FastMCP's own logger would write to standard output, which over stdio carries the protocol and nothing else.
  const logger = new Console(process.stderr);
  const server = new FastMCP({ name: "my-fastmcp-server", version: "0.1.0", logger });
  server.addTool({
    name: "add",
    description: "Add two numbers.",
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => Promise.resolve(String(a + b)),
  });
  return server;
}

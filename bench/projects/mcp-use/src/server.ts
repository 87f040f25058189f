// The same server for mcp-use.
import { MCPServer } from "mcp-use";
import { z } from "zod";
import { greeting } from "./greeting.ts";

const server = new MCPServer({ name: "bench", version: "1.0.0" });

export const greet = server.tool(
  { name: "greet", description: "Greets", inputSchema: z.object({ name: z.string() }) },
  async ({ name }) => ({ content: [{ type: "text", text: `${greeting} ${name}` }] }),
);

export default server;

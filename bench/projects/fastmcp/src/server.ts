// The smallest server with one tool; transport and port come from the environment.
import { FastMCP } from "fastmcp";
import { z } from "zod";
import { greeting } from "./greeting.ts";

const server = new FastMCP({ name: "bench", version: "1.0.0" });

server.addTool({
  name: "greet",
  description: "Greets",
  parameters: z.object({ name: z.string() }),
  execute: async ({ name }) => `${greeting} ${name}`,
});

await server.start();

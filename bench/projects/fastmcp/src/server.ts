// The smallest server with a tool; transport and port come from the environment.
import { setTimeout as sleep } from "node:timers/promises";
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

// Calls of this one are in flight while a save takes effect.
server.addTool({
  name: "greetSlowly",
  description: "Greets, later",
  parameters: z.object({ name: z.string() }),
  execute: async ({ name }) => {
    await sleep(100);
    return `${greeting} ${name}`;
  },
});

await server.start();

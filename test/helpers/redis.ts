/** A redis-server of a test's own, on a free loopback port, that keeps nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "./processes.ts";

export type Redis = { readonly url: string; readonly stop: () => Promise<void> };

export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  // Not to be had: Debian has it in its package redis-server.
  const failed = once(server, "error").then(([error]) => Promise.reject(error as Error));
  await Promise.race([ready(server.stdout), failed]);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      const exited = once(server, "exit");
      server.kill();
      await exited;
    },
  };
}

async function ready(output: NodeJS.ReadableStream): Promise<void> {
  const lines = createInterface({ input: output });
  for await (const line of lines) if (line.includes("eady to accept connections")) break;
  output.resume();
}

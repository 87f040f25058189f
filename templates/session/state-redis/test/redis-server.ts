/** Gives the tests a Redis: the one at REDIS_URL, or one that is started here and ended with them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const missing =
  "These tests need a Redis: install redis-server, or set REDIS_URL to one that may be written to " +
  "(docker run --rm -p 6379:6379 redis:7, then REDIS_URL=redis://127.0.0.1:6379).";

/** Vitest calls this once, before all tests; what it returns, after them. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if ((process.env["REDIS_URL"] ?? "") !== "") return undefined;
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.pid !== undefined) {
      server.kill();
      await once(server, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(server);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env["REDIS_URL"] = `redis://127.0.0.1:${port}`;
  return stop;
}

function ready(server: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", () => reject(new Error(missing)));
    if (server.stdout === null) return;
    const lines = createInterface({ input: server.stdout });
    lines.on("line", (line) => {
      if (line.includes("eady to accept connections")) resolve();
    });
    lines.on("close", () => reject(new Error("redis-server ended before it was ready")));
  });
}

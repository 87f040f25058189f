/** Keeps what clients have registered and been given in Redis, encrypted by FastMCP: any machine knows them then. */
import { Redis } from "ioredis";
import type { TokenStorage } from "fastmcp/auth";
import type { Environment } from "./environment.ts";

const prefix = "my-fastmcp-server:oauth:";

export function openTokenStorage(environment: Environment): TokenStorage {
  const redis = new Redis(environment["REDIS_URL"] ?? "", { lazyConnect: true, maxRetriesPerRequest: 2 });
  // The calls that fail say so themselves.
  redis.on("error", () => undefined);
  return {
    get: async (key) => parse(await redis.get(prefix + key)),
    // A code and a refresh token are good for one use: no two machines may get the same one.
    take: async (key) => parse(await redis.getdel(prefix + key)),
    save: async (key, value, ttlSeconds) => {
      const text = JSON.stringify(value);
      if (ttlSeconds === undefined) await redis.set(prefix + key, text);
      else await redis.set(prefix + key, text, "EX", Math.max(1, Math.ceil(ttlSeconds)));
    },
    delete: async (key) => {
      await redis.del(prefix + key);
    },
    // Redis forgets what has expired by itself.
    cleanup: () => Promise.resolve(),
  };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

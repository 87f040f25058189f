/** Keeps what clients have registered and been given in files of this project, encrypted, so that they survive a restart. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiskStore, type TokenStorage } from "fastmcp/auth";
import type { Environment } from "./environment.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

export function openTokenStorage(environment: Environment): TokenStorage {
  return new DiskStore({ directory: environment["OAUTH_FOLDER"] ?? join(project, ".oauth") });
}

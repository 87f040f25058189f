/** What `mcp dev` was asked to do, read and checked. */
import type { UpstreamTransport } from "../child/messages.ts";
import type { Entry } from "./entry.ts";

export type DevOptions = {
  readonly entry: Entry;
  readonly serverArgs: readonly string[];
  readonly cwd: string;
  /** Milliseconds since the epoch at which the command was started. */
  readonly startedAt: number;
  /** Undefined: what the server's own `start()` says. */
  readonly transport: UpstreamTransport | undefined;
  readonly inputIsTerminal: boolean;
  readonly host: string;
  /** Undefined: the server's own. */
  readonly port: number | undefined;
  readonly strictPort: boolean;
  readonly allowedHosts: readonly string[];
  /** Named .env files; empty: the project's `.env`, if there is one. */
  readonly environment: readonly string[];
  readonly watchGlobs: readonly string[];
  readonly ignoreGlobs: readonly string[];
  readonly standby: boolean;
  readonly typecheck: boolean;
  readonly drainTimeoutMs: number;
  readonly waitTimeoutMs: number;
};

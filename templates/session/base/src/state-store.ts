/** Where the state of sessions is kept: four methods, so that another place is one more file. */
import type { Environment } from "./environment.ts";
import type { Log } from "./log.ts";
import type { SessionState } from "./session-state.ts";

export type StateStore = {
  /** Undefined if nothing is kept under the key, or no longer. */
  readonly read: (key: string) => Promise<SessionState | undefined>;
  /**
   * Changes the state, a new one if there was none, and answers with what it is then. One step, whatever else happens meanwhile:
   * of two calls that a session makes at once, both count. `change` may run more than once.
   */
  readonly update: (key: string, change: (state: SessionState) => SessionState) => Promise<SessionState>;
  readonly drop: (key: string) => Promise<void>;
  /** Lets go of connections and timers. */
  readonly close: () => Promise<void>;
};

export type OpenStore = (environment: Environment, log: Log) => StateStore;

/** How long a session's state is kept after its last call, if the session never says goodbye. */
export const stateExpiryMs = 24 * 60 * 60 * 1000;

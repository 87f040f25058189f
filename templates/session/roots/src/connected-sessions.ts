/** Finds the FastMCPSession that a call belongs to: a tool's context has its id only. */
import type { FastMCP, FastMCPSession } from "fastmcp";
import type { UserSession } from "./session.ts";

export class ConnectedSessions {
  readonly #server: FastMCP<UserSession>;

  constructor(server: FastMCP<UserSession>) {
    this.#server = server;
  }

  /** Waits for `connect` where needed: over stdio a client may call before FastMCP has emitted it. */
  async find(sessionId: string | undefined, signal: AbortSignal): Promise<FastMCPSession> {
    signal.throwIfAborted();
    return this.#now(sessionId) ?? (await this.#later(sessionId, signal));
  }

  #now(sessionId: string | undefined): FastMCPSession | undefined {
    return this.#server.sessions.find((session) => session.sessionId === sessionId);
  }

  #later(sessionId: string | undefined, signal: AbortSignal): Promise<FastMCPSession> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#server.off("connect", look);
        signal.removeEventListener("abort", give);
      };
      const look = ({ session }: { session: FastMCPSession }): void => {
        if (session.sessionId !== sessionId) return;
        settle();
        resolve(session);
      };
      const give = (): void => {
        settle();
        reject(signal.reason instanceof Error ? signal.reason : new Error("The call was cancelled."));
      };
      this.#server.on("connect", look);
      signal.addEventListener("abort", give);
    });
  }
}

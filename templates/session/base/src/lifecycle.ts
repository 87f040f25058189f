/** Follows each session from connect to disconnect: one log line per event, and word when it is over. */
import type { FastMCP, FastMCPSession } from "fastmcp";
import type { Log } from "./log.ts";
import type { UserSession } from "./session.ts";

export type LifecycleOptions = {
  readonly log: Log;
  /** A session is over. Over stdio it has no id. */
  readonly onEnd: (sessionId: string | undefined) => void;
};

type Session = FastMCPSession;

export function followSessions(server: FastMCP<UserSession>, { log, onEnd }: LifecycleOptions): void {
  const names = new Map<Session, string>();
  let opened = 0;

  server.on("connect", ({ session }) => {
    // Over HTTP the session id does not exist yet: it is assigned while `initialize` is handled, after this event.
    const name = `session ${(opened += 1)}`;
    names.set(session, name);
    log(`${name} connect`);

    // `ready` is emitted before `connect`: a listener added here would wait for something that has already happened.
    if (session.isReady) log(`${name} ready`);
    else session.once("ready", () => log(`${name} ready`));

    onInitialized(session, () => log(`${name} is ${describe(session)}`));
    session.on("rootsChanged", ({ roots }) => {
      log(`${name} rootsChanged ${roots.map((root) => root.uri).join(" ") || "none"}`);
    });
    // An `error` event without a listener would end the process.
    session.on("error", ({ error }) => log(`${name} error ${error.message}`));
  });

  server.on("disconnect", ({ session }) => {
    const name = names.get(session);
    // Also emitted for requests that never became a session, such as a client's probe for another protocol revision.
    if (name === undefined) return;
    names.delete(session);
    onEnd(session.sessionId);
    log(`${name} disconnect`);
  });
}

/** Calls back once the client has introduced itself: over stdio that is before `connect`, over HTTP after it. */
function onInitialized(session: Session, callback: () => void): void {
  if (session.server.getClientVersion() !== undefined) {
    callback();
    return;
  }
  const before = session.server.oninitialized;
  session.server.oninitialized = () => {
    before?.();
    callback();
  };
}

function describe(session: Session): string {
  const client = session.server.getClientVersion();
  const name = client === undefined ? "an unknown client" : `${client.name} ${client.version}`;
  return session.sessionId === undefined ? name : `${name}, id ${session.sessionId}`;
}

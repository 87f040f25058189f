/**
 * Lets a server hand over what its sessions hold. A server that finds the function offered here gives it two of its own:
 * one to save a session's state, called before each answer to a request, and one to restore it, called before a session
 * goes on in the next process. What is between them is a structured clone, kept by the supervisor; so it survives a crash too.
 */
import { deserialize, serialize } from "node:v8";
import { errorReport } from "./error-report.ts";
import { next, report } from "./channel.ts";

/** `globalThis[Symbol.for("mcp.dev.session-state")]` is a function that takes a `SessionStateKeeper`. Part of the README. */
const offered = Symbol.for("mcp.dev.session-state");

export type SessionStateKeeper = {
  /** Of several keepers in one server, which; the same in the next process. */
  readonly name?: string;
  /** The session's state, or undefined if there is none. `sessionId` as FastMCP has it: undefined over stdio. */
  readonly save: (sessionId: string | undefined) => unknown;
  readonly restore: (sessionId: string | undefined, state: unknown) => void;
};

type Session = { readonly sessionId: string | undefined };
type Send = (this: object, message: unknown, ...rest: unknown[]) => Promise<void>;

const keepers = new Map<string, SessionStateKeeper>();

export function offerSessionState(): void {
  const value = (keeper: SessionStateKeeper): void => void keepers.set(keeper.name ?? "", keeper);
  Object.defineProperty(globalThis, offered, { value, configurable: true });
}

/** From now on each answer that the session gives is preceded by its state. */
export function saveStateWithAnswers(session: Session, transport: object, key: string | undefined): void {
  const { send } = transport as { send: Send };
  Object.assign(transport, {
    send(message: unknown, ...rest: unknown[]) {
      if (keepers.size > 0 && isAnswer(message)) save(session, key);
      return send.call(transport, message, ...rest);
    },
  });
}

/** Resolves at once if the server keeps nothing. Never rejects: a session without its state is still a session. */
export async function restoreState(session: Session, key: string | undefined): Promise<void> {
  if (keepers.size === 0) return;
  const answer = next("state", (message) => message.key === key);
  report({ type: "restoring", ...(key === undefined ? {} : { key }) });
  const { states } = await answer;
  for (const [name, { restore }] of keepers) {
    const state = states.get(name);
    if (state === undefined) continue;
    try {
      restore(session.sessionId, deserialize(state));
    } catch (error) {
      report({ type: "stateLost", keeper: name, error: errorReport(error) });
    }
  }
}

/** Over stdio a child connects before it serves, when the one before it still answers: its state is not the last yet. */
export function restoreStateWithFirstMessage(session: Session, transport: object): void {
  const { onmessage } = transport as { onmessage?: (...message: unknown[]) => void };
  if (onmessage === undefined || keepers.size === 0) return;
  let restored: Promise<void> | undefined;
  Object.assign(transport, {
    onmessage(...message: unknown[]) {
      restored ??= restoreState(session, undefined).then(() => void Object.assign(transport, { onmessage }));
      void restored.then(() => onmessage.apply(transport, message));
    },
  });
}

/** What cannot be cloned is left out, so that nothing older than it is restored in its place. */
function save(session: Session, key: string | undefined): void {
  const states = new Map<string, Uint8Array>();
  for (const [name, keeper] of keepers) {
    try {
      const state = keeper.save(session.sessionId);
      if (state !== undefined) states.set(name, serialize(state));
    } catch (error) {
      report({ type: "stateLost", keeper: name, error: errorReport(error) });
    }
  }
  report({ type: "state", ...(key === undefined ? {} : { key }), states });
}

/** A response or an error, not a request or a notification of the server's own. */
function isAnswer(message: unknown): boolean {
  return typeof message === "object" && message !== null && "id" in message && !("method" in message);
}

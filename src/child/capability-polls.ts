/**
 * Spares a session FastMCP's wait for the client's capabilities. `FastMCPSession.connect()` looks for them ten times,
 * 100 ms apart, with `setTimeout` of `timers/promises`; over HTTP they cannot arrive before it returns, since the
 * request that carries them is handled afterwards. The ten looks stay, and so does what they find; the time between does not.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

type Polling = { readonly over: () => boolean; readonly wait: (ms: number) => Promise<void> };

const polling = new AsyncLocalStorage<Polling>();
/** Sessions that are connecting. */
let connecting = 0;
const pollDelayMs = 100;
const fineDelayMs = 2;

export function installPollShortcut(): void {
  const setTimeout = timers.setTimeout;
  timers.setTimeout = (async (delayMs?: number, ...rest: [unknown?, never?]) => {
    const current = polling.getStore();
    if (current === undefined || delayMs !== pollDelayMs || current.over())
      return setTimeout(delayMs, ...rest);
    await current.wait(delayMs);
    return rest[0];
  }) as typeof timers.setTimeout;
  syncBuiltinESMExports();
}

type Session = { readonly isReady: boolean };

/** Runs `connect` of a session whose capabilities cannot arrive meanwhile: its polls return at once. */
export function withoutPollDelay(session: Session, connect: () => Promise<void>): Promise<void> {
  return polled({ over: () => session.isReady, wait: () => Promise.resolve() }, connect);
}

/** Runs `connect` of a session whose capabilities may arrive at any moment: each poll ends when they are there. */
export function withFinePolls(
  session: Session,
  arrived: () => boolean,
  connect: () => Promise<void>,
): Promise<void> {
  const setTimeout = timers.setTimeout;
  const wait = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    while (!arrived() && performance.now() < end) await polling.exit(() => setTimeout(fineDelayMs));
  };
  return polled({ over: () => session.isReady, wait }, connect);
}

async function polled(polls: Polling, connect: () => Promise<void>): Promise<void> {
  connecting += 1;
  try {
    await polling.run(polls, connect);
  } finally {
    connecting -= 1;
    // While it is in use, Node follows each promise of the process, which makes every request slower.
    if (connecting === 0) polling.disable();
  }
}

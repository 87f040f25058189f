/** Turns Ctrl-C and the other ways of asking a program to end into an AbortSignal, so that it can clean up first. */
import { constants } from "node:os";

export type Cancellation = {
  readonly signal: AbortSignal;
  /** Asked for once more, or by somebody who is about to kill this process: do not clean up, end. */
  readonly insisted: AbortSignal;
  /** Ctrl-C came as a key, which a terminal that gives each key to the program does not turn into a signal. */
  readonly cancel: () => void;
  /** 128 + the number of the signal that came; Ctrl-C's if it came as a key. */
  readonly exitCode: () => number;
  readonly dispose: () => void;
};

/** npm passes on a Ctrl-C that the terminal has sent to all of them already. */
const sameRequestMs = 300;

/** Who sends SIGTERM or SIGHUP is no person who could wait: MCP clients send SIGKILL 2 s later. */
const untilKilledMs = 1000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function cancelOnSignals(): Cancellation {
  const controller = new AbortController();
  const insisted = new AbortController();
  let received: (typeof signals)[number] = "SIGINT";
  let receivedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const listeners = signals.map((name) => {
    const listener = (): void => {
      const now = Date.now();
      if (!controller.signal.aborted) {
        [received, receivedAt] = [name, now];
        if (name !== "SIGINT") timer = setTimeout(() => insisted.abort(), untilKilledMs).unref();
      } else if (now - receivedAt > sameRequestMs) insisted.abort();
      controller.abort();
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    insisted: insisted.signal,
    cancel: () => {
      if (controller.signal.aborted) insisted.abort();
      controller.abort();
    },
    exitCode: () => 128 + constants.signals[received],
    dispose: () => {
      clearTimeout(timer);
      for (const off of listeners) off();
    },
  };
}

/** Turns Ctrl-C and the other ways of asking a program to end into an AbortSignal, so that it can clean up first. */
import { constants } from "node:os";

export type Cancellation = {
  readonly signal: AbortSignal;
  /** 128 + the number of the signal that came; Ctrl-C's if it came as a key. */
  readonly exitCode: () => number;
  readonly dispose: () => void;
};

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function cancelOnSignals(): Cancellation {
  const controller = new AbortController();
  let received: (typeof signals)[number] = "SIGINT";
  const listeners = signals.map((name) => {
    const listener = (): void => {
      if (!controller.signal.aborted) received = name;
      controller.abort();
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    exitCode: () => 128 + constants.signals[received],
    dispose: () => {
      for (const off of listeners) off();
    },
  };
}

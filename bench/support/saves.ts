/** Saves again and again, with all runners in turn, and takes the time until the new code answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { RefusedError, type HttpClient } from "./http-client.ts";
import { summarize, type Summary } from "./statistics.ts";
import type { Stage } from "./stage.ts";
import type { StdioClient } from "./stdio-client.ts";

/** One runner with one client. */
export type Subject = {
  readonly name: string;
  /** What happens before the save that is measured. */
  readonly before?: () => Promise<void>;
  readonly save: (word: string) => void;
  /** Calls until an answer holds the word. Rejects when none does for too long. */
  readonly answered: (word: string) => Promise<Attempts>;
};

export type Attempts = { readonly failedCalls: number; readonly newSessions: number };

export type Measured = {
  readonly name: string;
  /** Undefined: the new code never answered. */
  readonly times: Summary | undefined;
  readonly failedCalls: number;
  readonly newSessions: number;
  /** Saves after which the new code never answered. */
  readonly unanswered: number;
};

/** The first saves meet code that has not run yet, in all runners. */
export const warmUps = 2;
const leastPauseMs = 500;
const giveUpMs = 30_000;
/** Between an answer and the next call. */
const callPauseMs = 2;

export async function measureSaves(
  stage: Stage,
  subjects: readonly Subject[],
  saves: number,
  progress: (text: string) => void,
): Promise<readonly Measured[]> {
  const results = subjects.map(() => ({
    times: [] as number[],
    failedCalls: 0,
    newSessions: 0,
    unanswered: 0,
  }));
  for (let round = 1 - warmUps; round <= saves; round++) {
    for (const [index, subject] of subjects.entries()) {
      progress(`save ${Math.max(0, round)} of ${saves}, ${subject.name}`);
      await stage.idle(leastPauseMs);
      await subject.before?.();
      const word = `V${round + warmUps}!`;
      const startedAt = performance.now();
      subject.save(word);
      const attempts = await subject.answered(word).catch(() => undefined);
      const ms = performance.now() - startedAt;
      const result = results[index];
      if (round < 1 || result === undefined) continue;
      if (attempts === undefined) result.unanswered += 1;
      else {
        result.times.push(ms);
        result.failedCalls += attempts.failedCalls;
        result.newSessions += attempts.newSessions;
      }
    }
  }
  return subjects.map(({ name }, index) => {
    const { times = [], ...counts } = results[index] ?? { failedCalls: 0, newSessions: 0, unanswered: saves };
    return { name, times: times.length === 0 ? undefined : summarize(times), ...counts };
  });
}

/** One call at a time; a session that the server no longer knows is opened anew. */
export async function answeredOverHttp(client: HttpClient, word: string): Promise<Attempts> {
  const startedAt = performance.now();
  let failedCalls = 0;
  let newSessions = 0;
  while (performance.now() - startedAt < giveUpMs) {
    try {
      if ((await client.call()).includes(word)) return { failedCalls, newSessions };
    } catch (error) {
      failedCalls += 1;
      if (error instanceof RefusedError && client.sessionId !== undefined) {
        await client.connect().then(
          () => (newSessions += 1),
          () => undefined,
        );
      }
    }
    await sleep(callPauseMs);
  }
  throw new Error("the new code never answered");
}

/** A call that was lost is never answered, so the next one is sent after a while. */
const stdioPatienceMs = 100;

export async function answeredOverStdio(client: StdioClient, word: string): Promise<Attempts> {
  const startedAt = performance.now();
  let failedCalls = 0;
  while (performance.now() - startedAt < giveUpMs) {
    const answer = await client.call(stdioPatienceMs).catch(() => undefined);
    if (answer?.includes(word) === true) return { failedCalls, newSessions: 0 };
    if (answer === undefined) failedCalls += 1;
    await sleep(callPauseMs);
  }
  throw new Error("the new code never answered");
}

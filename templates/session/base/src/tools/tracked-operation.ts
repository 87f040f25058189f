/** A longer piece of work: reports progress, logs to its client under one id, and stops when nobody waits for it. */
import { setTimeout as wait } from "node:timers/promises";
import type { Tool } from "fastmcp";
import { z } from "zod";
import { callIds } from "../call-ids.ts";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

const parameters = z.object({
  steps: z.int().min(1).max(100).default(3).describe("How many steps the work has"),
  stepMs: z.int().min(0).max(1000).default(50).describe("How long one step takes, in milliseconds"),
});

export function trackedOperation(states: SessionStates): Tool<UserSession, typeof parameters> {
  return {
    name: "trackedOperation",
    description: "Do some work in steps, with progress, and answer with the ids to find it by in the logs.",
    parameters,
    execute: async ({ steps, stepMs }, context) => {
      requireUser(context.session);
      await states.enter(context, "trackedOperation");
      const ids = callIds(context);
      const startedAt = performance.now();
      context.log.info("operation started", { ...ids });
      for (let step = 1; step <= steps; step += 1) {
        // `signal` is aborted when the client cancels or leaves.
        await wait(stepMs, undefined, { signal: context.signal });
        await context.reportProgress({ progress: step, total: steps, message: `step ${step} of ${steps}` });
      }
      const durationMs = Math.round(performance.now() - startedAt);
      await states.addAction(context, `operation ${ids.operationId}`);
      context.log.info("operation finished", { ...ids, durationMs });
      return JSON.stringify({ ...ids, steps, durationMs });
    },
  };
}

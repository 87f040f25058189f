/** Asks the person behind the client before it forgets anything (elicitation). */
import { UserError, type Tool } from "fastmcp";
import type { SessionStates } from "../session-states.ts";
import { requireUser, type UserSession } from "../session.ts";

export function forgetActions(states: SessionStates): Tool<UserSession> {
  return {
    name: "forgetActions",
    description: "Forget what this session remembers, once the user has agreed.",
    annotations: { destructiveHint: true, openWorldHint: false },
    execute: async (_args, context) => {
      requireUser(context.session);
      const { actions } = await states.enter(context, "forgetActions");
      if (!(await userAgrees(context, actions.length))) return JSON.stringify({ forgotten: 0 });
      await states.forgetActions(context);
      return JSON.stringify({ forgotten: actions.length });
    },
  };
}

type Context = Parameters<Tool<UserSession>["execute"]>[1];

async function userAgrees({ elicit, signal }: Context, count: number): Promise<boolean> {
  const requestedSchema = {
    type: "object" as const,
    properties: { forget: { type: "boolean" as const, title: "Forget them" } },
    required: ["forget"],
  };
  const answer = await elicit(
    { message: `Forget the ${count} actions of this session?`, requestedSchema },
    { signal },
  ).catch((error: unknown) => {
    throw new UserError(
      `The user could not be asked: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  return answer.action === "accept" && answer.content?.["forget"] === true;
}

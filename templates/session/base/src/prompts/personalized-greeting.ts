/** A prompt that knows who asks. */
import type { InputPrompt } from "fastmcp";
import { requireUser, type UserSession } from "../session.ts";

export const personalizedGreetingPrompt: InputPrompt<UserSession> = {
  name: "personalized-greeting",
  description: "Asks the model for a greeting of the current user.",
  arguments: [{ name: "tone", description: "For example: formal, warm, brief", required: false }],
  load: ({ tone }, session) => {
    const { user, role } = requireUser(session);
    return Promise.resolve(`Greet ${user}, who has the role ${role} here. Tone: ${tone ?? "friendly"}.`);
  },
};

/** All prompts of the server. */
import type { FastMCP } from "fastmcp";
import type { UserSession } from "../session.ts";
import { personalizedGreetingPrompt } from "./personalized-greeting.ts";

export function addPrompts(server: FastMCP<UserSession>): void {
  server.addPrompt(personalizedGreetingPrompt);
}

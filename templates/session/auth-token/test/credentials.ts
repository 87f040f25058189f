/** How the tests sign in: with the two tokens of their own environment. */
import type { Role } from "../src/session.ts";
import type { SignIn } from "./sign-in.ts";

export const authEnvironment = { MCP_ADMIN_TOKEN: "test-admin-token", MCP_USER_TOKEN: "test-user-token" };

/** What goes into MCP_TOKEN of a stdio server. */
export function stdioToken(role: Role): Promise<string> {
  const { MCP_ADMIN_TOKEN, MCP_USER_TOKEN } = authEnvironment;
  return Promise.resolve(role === "admin" ? MCP_ADMIN_TOKEN : MCP_USER_TOKEN);
}

export const signIn: SignIn = async (_url, role) => ({ authorization: `Bearer ${await stdioToken(role)}` });

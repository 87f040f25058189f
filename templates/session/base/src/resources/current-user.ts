/** The signed-in user as a resource. */
import type { Resource } from "fastmcp";
import { requireUser, type UserSession } from "../session.ts";

export const currentUserResource: Resource<UserSession> = {
  uri: "session://current-user",
  name: "Current user",
  description: "The user behind this session.",
  mimeType: "application/json",
  load: (session) => {
    const { user, role } = requireUser(session);
    return Promise.resolve({ text: JSON.stringify({ user, role }) });
  },
};

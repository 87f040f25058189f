/** All resources and resource templates of the server. */
import type { FastMCP } from "fastmcp";
import type { UserSession } from "../session.ts";
import { currentUserResource } from "./current-user.ts";

export function addResources(server: FastMCP<UserSession>): void {
  server.addResource(currentUserResource);
}

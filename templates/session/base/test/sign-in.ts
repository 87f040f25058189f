/** How a test gets in: each way of signing in has its own in `credentials.ts`. */
import type { Role } from "../src/session.ts";

/** Answers with the headers of somebody who has that role, as far as the server has roles to give. */
export type SignIn = (serverUrl: URL, role: Role) => Promise<Record<string, string>>;

/** Lets everybody in, as the same user: for a server that only its own machine can reach, or with a gateway in front of it. */
import type { IncomingMessage } from "node:http";
import type { Authentication, AuthenticationOptions } from "./authentication.ts";
import { forbidden, refuseOlderTransport } from "./refusals.ts";

const anyone = { user: "anyone", role: "user" } as const;

/** Names under which only this machine reaches the server. */
const localNames = ["localhost", "127.0.0.1", "[::1]"];

export function createAuthentication({ environment }: AuthenticationOptions): Authentication {
  const more = (environment["ALLOWED_HOSTS"] ?? "").split(",").map((name) => name.trim());
  const allowed = new Set([...localNames, ...more.filter((name) => name !== "")]);
  return {
    authenticate: (request) => {
      if (request === undefined) return Promise.resolve({ ...anyone, transport: "stdio" });
      refuseForeign(request, allowed);
      refuseOlderTransport(request);
      return Promise.resolve({ ...anyone, transport: "http" });
    },
    forget: () => undefined,
  };
}

/**
 * Without a token, a page in the user's browser could call this server as well as the user can: directly, or by a name that
 * its owner points at this machine (DNS rebinding). FastMCP accepts every Origin and Host, so they are looked at here.
 */
function refuseForeign({ headers }: IncomingMessage, allowed: ReadonlySet<string>): void {
  const { host, origin } = headers;
  if (!allowed.has(hostName(`http://${host ?? ""}`)))
    throw forbidden("This server is not known by that name");
  if (origin !== undefined && !allowed.has(hostName(origin))) throw forbidden("Not from this origin");
}

function hostName(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

/** Answers to HTTP requests that get no further than `authenticate`: FastMCP sends a thrown Response as it is. */
import type { IncomingMessage } from "node:http";

/**
 * FastMCP offers the older HTTP+SSE transport, too. What is then sent to its `/messages` never comes by `authenticate`, and
 * would be done for whoever opened the stream: so none is opened.
 */
export function refuseOlderTransport({ url = "/mcp" }: IncomingMessage): void {
  if (new URL(url, "http://server").pathname.endsWith("/sse"))
    throw refusal(404, -32000, "Not found: this server speaks Streamable HTTP, at /mcp");
}

/** 404 tells a client to open a session of its own. */
export function sessionNotFound(): Response {
  return refusal(404, -32001, "Session not found");
}

/** @param challenge what WWW-Authenticate tells the client beside `Bearer`. */
export function unauthorized(message: string, challenge: Readonly<Record<string, string>>): Response {
  const parameters = Object.entries(challenge).map(
    ([name, value]) => `${name}="${value.replace(/["\\]/g, "")}"`,
  );
  return refusal(401, -32001, message, { "www-authenticate": `Bearer ${parameters.join(", ")}` });
}

export function forbidden(message: string): Response {
  return refusal(403, -32000, message);
}

/** Whether the caller may come in cannot be found out at the moment. */
export function unavailable(message: string): Response {
  return refusal(503, -32000, message, { "retry-after": "5" });
}

function refusal(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });
  return new Response(body, { status, headers: { "content-type": "application/json", ...headers } });
}

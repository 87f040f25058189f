/** One session with a server of our own, over real HTTP, so that the code of FastMCP and its packages has run once. */
import { request, type IncomingMessage } from "node:http";
import { redirectListen } from "./listen.ts";
import { rehearsalKey, sessionKeyHeader } from "./messages.ts";
import { unheard } from "./unheard.ts";

type Server = {
  addTool: (tool: object) => void;
  start: (options: object) => Promise<void>;
  stop: () => Promise<void>;
};
type FastMCP = { readonly FastMCP: new (options: object) => Server };

const silent = { debug: ignore, error: ignore, info: ignore, log: ignore, warn: ignore };
const endpoint = "/mcp";
const rounds = 3;
const protocolVersion = "2025-06-18";
const clientInfo = { name: "rehearsal", version: "0" };
const listChanged = { roots: { listChanged: true } };

/** @param fastmcp the namespace of the package. */
export async function rehearse(fastmcp: unknown, running: AbortSignal): Promise<void> {
  // The proxy under FastMCP prints whatever logger a server has.
  if (hasFastMCP(fastmcp)) await unheard(() => perform(fastmcp, running));
}

async function perform(fastmcp: FastMCP, running: AbortSignal): Promise<void> {
  const server = new fastmcp.FastMCP({ name: "rehearsal", version: "0.0.0", logger: silent });
  rehearsals.add(server);
  server.addTool({ name: "say", description: "Says", execute: () => Promise.resolve("said") });
  const port = await redirectListen(() =>
    server.start({ transportType: "httpStream", httpStream: { endpoint, host: "127.0.0.1", port: 0 } }),
  );
  try {
    if (port !== undefined)
      for (let round = 0; round < rounds && !running.aborted; round++) await converse(port);
  } finally {
    await server.stop();
  }
}

const rehearsals = new WeakSet();

/** Whether this FastMCP is ours, and not the user's. */
export function isRehearsal(server: object): boolean {
  return rehearsals.has(server);
}

async function converse(port: number): Promise<void> {
  const initialize = { protocolVersion, capabilities: listChanged, clientInfo };
  const opened = await post(
    port,
    { id: 0, method: "initialize", params: initialize },
    { [sessionKeyHeader]: rehearsalKey },
  );
  const id = opened.headers["mcp-session-id"];
  if (typeof id !== "string") return;
  const session = { "mcp-session-id": id, "mcp-protocol-version": protocolVersion };
  await post(port, { method: "notifications/initialized" }, session);
  await post(port, { id: 1, method: "tools/list" }, session);
  await post(port, { id: 2, method: "tools/call", params: { name: "say", arguments: {} } }, session);
  await send(port, "DELETE", session);
}

function post(port: number, message: object, headers: Record<string, string>): Promise<IncomingMessage> {
  return send(port, "POST", headers, JSON.stringify({ jsonrpc: "2.0", ...message }));
}

/** Resolves when the answer is complete. */
function send(
  port: number,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path: endpoint,
      method,
      agent: false,
      headers: {
        accept: "application/json, text/event-stream",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
    });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      response
        .resume()
        .once("end", () => resolve(response))
        .once("error", reject);
    });
    outgoing.end(body);
  });
}

function hasFastMCP(value: unknown): value is FastMCP {
  return (
    typeof value === "object" && value !== null && "FastMCP" in value && typeof value.FastMCP === "function"
  );
}

function ignore(): void {
  // It is nobody's server.
}

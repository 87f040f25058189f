/** MCP clients for the tests: connected in memory, or over HTTP to a server on a free loopback port. */
import { randomUUID } from "node:crypto";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { FastMCP } from "fastmcp";
import { createServer, type CreateServerOptions } from "../src/create-server.ts";
import type { Environment } from "../src/environment.ts";
import type { Role, UserSession } from "../src/session.ts";
import { authEnvironment, signIn } from "./credentials.ts";
import { freePort } from "./free-port.ts";
import { openTestStore, storeEnvironment } from "./test-store.ts";

export const environment: Environment = { ...authEnvironment, ...storeEnvironment };

export type Connection = {
  readonly client: Client;
  /** Calls a tool and parses the JSON in its text. */
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
};

export function newClient(capabilities = {}): Client {
  return new Client({ name: "test-client", version: "1.0.0" }, { capabilities });
}

/** A server with a store of its own, and nothing on the terminal. */
export function testServer(options: CreateServerOptions = {}): FastMCP<UserSession> {
  return createServer({ environment, log: () => undefined, store: openTestStore(), ...options });
}

export async function connectInMemory(
  server: FastMCP<UserSession>,
  role: Role,
  client = newClient(),
): Promise<Connection> {
  const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
  // As an HTTP transport does; several sessions of one process are told apart by it.
  serverTransport.sessionId = randomUUID();
  await Promise.all([
    server.connect(serverTransport, { user: role, role, transport: "http" }),
    client.connect(clientTransport),
  ]);
  return connection(client, () => client.close());
}

export type HttpServer = {
  readonly url: URL;
  readonly connect: (role: Role, client?: Client) => Promise<Connection & { readonly sessionId: string }>;
  /** One message as a client without any library would send it. */
  readonly post: (message: object, headers?: Record<string, string>) => Promise<Response>;
  readonly close: () => Promise<void>;
};

export async function startHttp(options: CreateServerOptions = {}): Promise<HttpServer> {
  const port = await freePort();
  const server = testServer({ ...options, environment: { ...environment, PORT: String(port) } });
  await server.start({
    transportType: "httpStream",
    httpStream: { host: "127.0.0.1", port, endpoint: "/mcp" },
  });
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  return {
    url,
    close: () => server.stop(),
    connect: async (role, client = newClient()) => {
      const requestInit = { headers: await signIn(url, role) };
      const transport = new StreamableHTTPClientTransport(url, { requestInit });
      await client.connect(transport);
      const leave = async (): Promise<void> => {
        await transport.terminateSession();
        await client.close();
      };
      return { ...connection(client, leave), sessionId: transport.sessionId ?? "" };
    },
    post: (message, headers = {}) =>
      fetch(url, {
        method: "POST",
        headers: {
          accept: "application/json, text/event-stream",
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
      }),
  };
}

export const initialize = {
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};

function connection(client: Client, close: () => Promise<void>): Connection {
  return {
    client,
    close,
    call: async (name, args = {}) => {
      const result = await client.callTool({ name, arguments: args });
      const text = textOf(result.content);
      if (result.isError === true) throw new Error(text);
      return JSON.parse(text) as Record<string, unknown>;
    },
  };
}

function textOf(content: unknown): string {
  const [first] = Array.isArray(content) ? (content as { text?: unknown }[]) : [];
  return typeof first?.text === "string" ? first.text : "";
}

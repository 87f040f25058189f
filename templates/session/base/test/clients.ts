/** MCP clients for the tests: connected in memory, or over HTTP to a server on a free loopback port. */
import { randomUUID } from "node:crypto";
import { createServer as createSocket } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { FastMCP } from "fastmcp";
import { createServer, type CreateServerOptions } from "../src/create-server.ts";
import type { Role, UserSession } from "../src/session.ts";

export const environment = { MCP_ADMIN_TOKEN: "test-admin-token", MCP_USER_TOKEN: "test-user-token" };
export const adminToken = environment.MCP_ADMIN_TOKEN;
export const userToken = environment.MCP_USER_TOKEN;

export type Connection = {
  readonly client: Client;
  /** Calls a tool and parses the JSON in its text. */
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
};

export function newClient(capabilities = {}): Client {
  return new Client({ name: "test-client", version: "1.0.0" }, { capabilities });
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
  readonly connect: (token: string, client?: Client) => Promise<Connection & { readonly sessionId: string }>;
  readonly close: () => Promise<void>;
};

export async function startHttp(options: CreateServerOptions = {}): Promise<HttpServer> {
  const server = createServer({ environment, log: () => undefined, ...options });
  const port = await freePort();
  await server.start({
    transportType: "httpStream",
    httpStream: { host: "127.0.0.1", port, endpoint: "/mcp" },
  });
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  return {
    url,
    close: () => server.stop(),
    connect: async (token, client = newClient()) => {
      const transport = new StreamableHTTPClientTransport(url, {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      });
      // The SDK's own class does not satisfy its interface under exactOptionalPropertyTypes.
      await client.connect(transport as Parameters<Client["connect"]>[0]);
      const leave = async (): Promise<void> => {
        await transport.terminateSession();
        await client.close();
      };
      return { ...connection(client, leave), sessionId: transport.sessionId ?? "" };
    },
  };
}

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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket();
    socket.once("error", reject);
    socket.listen(0, "127.0.0.1", () => {
      const address = socket.address();
      socket.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(),
      );
    });
  });
}

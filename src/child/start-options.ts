/** Reads what the server asks `start()` for, in FastMCP's own order: options, arguments, environment, defaults. */
import type { AskedStart } from "./messages.ts";

/** The part of FastMCP's start options that the dev runner reads or replaces. */
export type StartOptions = {
  readonly transportType?: "httpStream" | "stdio";
  readonly httpStream?: {
    readonly basePath?: string;
    readonly endpoint?: string;
    readonly host?: string;
    readonly port?: number;
    readonly sslCa?: string;
    readonly sslCert?: string;
    readonly sslKey?: string;
    readonly stateless?: boolean;
  };
};

/** What is read of the options that FastMCP was constructed with. */
export type ServerOptions = {
  readonly name: string;
  readonly version: string;
  readonly auth?: unknown;
  readonly authenticate?: unknown;
  readonly oauth?: {
    readonly enabled?: boolean;
    readonly protectedResource?: { readonly resource?: unknown };
    readonly proxy?: unknown;
  };
};

export function askedStart(
  start: StartOptions | undefined,
  server: ServerOptions,
  argv: readonly string[] = process.argv.slice(2),
  env: NodeJS.ProcessEnv = process.env,
): AskedStart {
  const argument = (name: string): string | undefined => {
    const index = argv.indexOf(`--${name}`);
    return index === -1 ? undefined : argv[index + 1];
  };
  const http = start?.httpStream ?? {};
  const named = start?.transportType ?? argument("transport") ?? env["FASTMCP_TRANSPORT"];
  const port = http.port?.toString() ?? argument("port") ?? env["FASTMCP_PORT"];
  const basePath = http.basePath ?? argument("base-path") ?? env["FASTMCP_BASE_PATH"] ?? "";
  const endpoint = http.endpoint ?? argument("endpoint") ?? env["FASTMCP_ENDPOINT"] ?? "/mcp";
  const tls = {
    ...(http.sslCa === undefined ? {} : { ca: http.sslCa }),
    ...(http.sslCert === undefined ? {} : { cert: http.sslCert }),
    ...(http.sslKey === undefined ? {} : { key: http.sslKey }),
  };
  const signIn = signInOf(server);
  const resource = server.oauth?.protectedResource?.resource;
  return {
    transport: named === "httpStream" || named === "http-stream" ? "httpStream" : "stdio",
    byDefault: named === undefined || named === "",
    host: http.host ?? argument("host") ?? env["FASTMCP_HOST"] ?? "localhost",
    port: Number.parseInt(port ?? "8080", 10),
    portByDefault: port === undefined,
    endpoint: joinPaths(basePath, endpoint),
    stateless:
      http.stateless === true || argument("stateless") === "true" || env["FASTMCP_STATELESS"] === "true",
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    ...(signIn === undefined ? {} : { signIn }),
    ...(signIn === "oauth" && typeof resource === "string" ? { resource } : {}),
    name: server.name,
    version: server.version,
  };
}

function signInOf({ auth, authenticate, oauth }: ServerOptions): AskedStart["signIn"] {
  if (oauth?.enabled === true || auth !== undefined) return "oauth";
  return authenticate === undefined ? undefined : "authenticate";
}

function joinPaths(basePath: string, endpoint: string): string {
  const base = basePath.replace(/^\/+|\/+$/g, "");
  const path = endpoint.replace(/^\/+/, "");
  return base === "" ? `/${path}` : `/${base}/${path}`;
}

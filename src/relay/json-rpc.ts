/** JSON-RPC 2.0 messages as MCP uses them: told apart, answered, and nothing more. */

export type Id = string | number;
export type Params = Readonly<Record<string, unknown>>;

export type Request = {
  readonly jsonrpc: "2.0";
  readonly id: Id;
  readonly method: string;
  readonly params?: Params;
};
export type Notification = { readonly jsonrpc: "2.0"; readonly method: string; readonly params?: Params };
export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown };
export type Response = {
  readonly jsonrpc: "2.0";
  readonly id: Id;
  readonly result?: unknown;
  readonly error?: RpcError;
};
export type Message = Request | Notification | Response;

/** "Server error", the first code that JSON-RPC 2.0 (section 5.1) leaves to implementations. */
export const serverErrorCode = -32000;

/** One message or, in revisions up to 2025-03-26, a batch; `undefined` if the text is neither. */
export function parseMessages(text: string): readonly Message[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every(isMessage) ? list : undefined;
}

function isMessage(value: unknown): value is Message {
  if (!isObject(value) || value["jsonrpc"] !== "2.0") return false;
  const { id, method } = value;
  const hasId = typeof id === "string" || typeof id === "number";
  if (typeof method === "string") return hasId || id === undefined;
  return hasId && ("result" in value || isObject(value["error"]));
}

export function isRequest(message: Message): message is Request {
  return "method" in message && "id" in message;
}

export function isNotification(message: Message): message is Notification {
  return "method" in message && !("id" in message);
}

export function isResponse(message: Message): message is Response {
  return !("method" in message);
}

export function errorResponse(id: Id, message: string, data?: unknown): Response {
  return {
    jsonrpc: "2.0",
    id,
    error: { code: serverErrorCode, message, ...(data === undefined ? {} : { data }) },
  };
}

/** JSON-RPC 2.0, section 5.1: as a server answers that does not know the method. */
export function methodNotFound(id: Id): Response {
  return { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } };
}

/** A value inside a message's params or result by its path; `undefined` where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

export function asId(value: unknown): Id | undefined {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

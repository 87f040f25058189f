/**
 * Over stdio a client's first request may come before FastMCP counts its session among `server.sessions`: FastMCP looks for
 * the client's capabilities first. After a reload, requests that waited come at once; a server must not see them without a session.
 */

/** A client may never answer what FastMCP asks while it connects. */
const holdTimeoutMs = 500;

type OnMessage = (message: unknown, ...rest: unknown[]) => void;

/** From `initialize` on, the transport's requests wait until `connected` settles; what comes after one waits behind it. */
export function holdRequests(transport: object, connected: Promise<unknown>): void {
  const { onmessage } = transport as { onmessage?: OnMessage };
  if (onmessage === undefined) return;
  let state: "before" | "holding" | "over" = "before";
  const held: Parameters<OnMessage>[] = [];
  const release = (): void => {
    state = "over";
    for (const message of held.splice(0)) onmessage.apply(transport, message);
  };
  // FastMCP's own code runs right after `connected`.
  const settle = (): void => void setImmediate(release);
  connected.then(settle, settle);
  Object.assign(transport, {
    onmessage(...message: Parameters<OnMessage>) {
      if (state === "holding" && (isRequest(message[0]) || held.length > 0) && !isAnswer(message[0])) {
        held.push(message);
        return;
      }
      if (state === "before" && isRequest(message[0]) && message[0].method === "initialize") {
        state = "holding";
        setTimeout(release, holdTimeoutMs).unref();
      }
      onmessage.apply(transport, message);
    },
  });
}

function isRequest(message: unknown): message is { readonly method: unknown } {
  return isObject(message) && "id" in message && "method" in message;
}

function isAnswer(message: unknown): boolean {
  return isObject(message) && "id" in message && !("method" in message);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

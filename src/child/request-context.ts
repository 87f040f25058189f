/** Which session of the relay the code that runs right now belongs to, carried from an HTTP request through `await`. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { gatherHead } from "./gather-head.ts";
import { restoredIdHeader, sessionKeyHeader } from "./messages.ts";

export type RequestContext = { readonly key?: string; readonly restoredId?: string };

const storage = new AsyncLocalStorage<RequestContext>();
/** Requests whose session has not connected yet. */
const open = new Set<RequestContext>();

/** The context, once: called by what a session connects in. */
export function takeRequestContext(): RequestContext | undefined {
  const context = storage.getStore();
  if (context !== undefined) close(context);
  return context;
}

/** While there is a context, Node follows each promise of the process, which makes every request slower. */
function close(context: RequestContext): void {
  if (open.delete(context) && open.size === 0) storage.disable();
}

/** From now on every request of this HTTP server runs in its context, without the relay's headers. */
export function observeRequests(server: Server): void {
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  server.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== "request") return emit(event, ...args);
    gatherHead(args[1] as ServerResponse);
    const context = contextOf(args[0] as IncomingMessage);
    if (context === undefined) return emit(event, ...args);
    open.add(context);
    // Refused, or a client that has left: no session connects any more.
    (args[1] as ServerResponse).once("close", () => close(context));
    return storage.run(context, () => emit(event, ...args));
  };
}

function contextOf(request: IncomingMessage): RequestContext | undefined {
  const key = takeHeader(request, sessionKeyHeader);
  const restoredId = takeHeader(request, restoredIdHeader);
  if (key === undefined && restoredId === undefined) return undefined;
  return { ...(key === undefined ? {} : { key }), ...(restoredId === undefined ? {} : { restoredId }) };
}

function takeHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  if (typeof value !== "string") return undefined;
  Reflect.deleteProperty(request.headers, name);
  const at = request.rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  if (at !== -1) request.rawHeaders.splice(at, 2);
  return value;
}

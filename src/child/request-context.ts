/** Which session of the relay the code that runs right now belongs to, carried from an HTTP request through `await`. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, Server } from "node:http";
import { restoredIdHeader, sessionKeyHeader } from "./messages.ts";

export type RequestContext = { readonly key?: string; readonly restoredId?: string };

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** From now on every request of this HTTP server runs in its context, without the relay's headers. */
export function observeRequests(server: Server): void {
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  server.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== "request") return emit(event, ...args);
    const context = takeContext(args[0] as IncomingMessage);
    return context === undefined
      ? emit(event, ...args)
      : requestContext.run(context, () => emit(event, ...args));
  };
}

function takeContext(request: IncomingMessage): RequestContext | undefined {
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

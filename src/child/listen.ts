/** Lets FastMCP listen on a free loopback port while it believes (and prints) that it has the public one. */
import { AsyncLocalStorage } from "node:async_hooks";
import { errorMonitor, type EventEmitter } from "node:events";
import { Server as HttpServer } from "node:http";
import { Server as NetServer } from "node:net";
import { report } from "./channel.ts";
import { observeRequests } from "./request-context.ts";

type Redirect = { port?: number; readonly wanted: number };

const redirecting = new AsyncLocalStorage<Redirect>();
/** Ports that the server listens on by its own means. */
export const ownPorts = new Set<number>();
type Listen = (this: NetServer, ...args: unknown[]) => NetServer;

/**
 * Runs `start`; the first HTTP server that listens meanwhile gets a free loopback port, which is the result.
 * @param wanted the port to take instead; 0 if any will do.
 */
export async function redirectListen(start: () => Promise<void>, wanted = 0): Promise<number | undefined> {
  const redirect: Redirect = { wanted };
  await redirecting.run(redirect, start);
  return redirect.port;
}

export function installListenRedirect(): void {
  const prototype = NetServer.prototype as unknown as { listen: Listen };
  const listen = prototype.listen;
  prototype.listen = function listenRedirected(this: NetServer, ...args: unknown[]): NetServer {
    const redirect = redirecting.getStore();
    if (redirect === undefined || redirect.port !== undefined || !(this instanceof HttpServer)) {
      observeOwnPort(this, askedPort(args));
      return listen.apply(this, args);
    }
    redirect.port = 0;
    // While it is in use, Node follows each promise of the process, which makes every request slower.
    redirecting.disable();
    observeRequests(this as HttpServer);
    this.once("listening", () => {
      const address = this.address();
      if (typeof address === "object" && address !== null) redirect.port = address.port;
    });
    return listen.call(this, redirect.wanted, "127.0.0.1");
  };
}

/** @param asked undefined if any port will do. */
function observeOwnPort(server: NetServer, asked: number | undefined): void {
  server.once("listening", () => {
    const address = server.address();
    if (typeof address !== "object" || address === null) return;
    ownPorts.add(address.port);
    if (address.port !== asked) return;
    report({ type: "ownPort", port: asked, use: "held" });
    server.once("close", () => report({ type: "ownPort", port: asked, use: "free" }));
  });
  // Unlike a listener for "error", this does not handle it.
  (server as EventEmitter).once(errorMonitor, (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE" && asked !== undefined)
      report({ type: "ownPort", port: asked, use: "taken" });
  });
}

/** What `listen` is told: `(port)`, or `({ port })`. */
function askedPort([first]: readonly unknown[]): number | undefined {
  const port = typeof first === "object" && first !== null && "port" in first ? first.port : first;
  const asked = typeof port === "number" || typeof port === "string" ? Number(port) : 0;
  return asked > 0 ? asked : undefined;
}

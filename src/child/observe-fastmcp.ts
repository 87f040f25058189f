/** Reports what FastMCP and its sessions do, and starts them the way the supervisor says; changes nothing else. */
import { callerIdentity } from "./caller-identity.ts";
import { errorReport } from "./error-report.ts";
import { installPollShortcut, withFinePolls, withoutPollDelay } from "./capability-polls.ts";
import { next, report } from "./channel.ts";
import { holdRequests } from "./hold-requests.ts";
import { installListenRedirect, redirectListen } from "./listen.ts";
import { rehearsalKey, singleKey, type ChildSessionEvent, type Serve } from "./messages.ts";
import { observeClasses } from "./observe-classes.ts";
import { observeNames } from "./observe-names.ts";
import { isRehearsal } from "./rehearsal.ts";
import { takeRequestContext } from "./request-context.ts";
import {
  offerSessionState,
  restoreState,
  restoreStateWithFirstMessage,
  saveStateWithAnswers,
} from "./session-state.ts";
import { Look, noteTools, reportLists } from "./server-lists.ts";
import { observeToolErrors } from "./tool-errors.ts";
import { keepSignIns } from "./sign-ins.ts";
import { askedStart, type ServerOptions, type StartOptions } from "./start-options.ts";

type Method = (this: object, ...args: never[]) => unknown;

/** What is read of FastMCP's own objects. */
type Session = {
  readonly isReady: boolean;
  readonly server: {
    getClientCapabilities: () => unknown;
    registerCapabilities?: (capabilities: object) => void;
  };
  sessionId: string | undefined;
};
type Server = { readonly options: ServerOptions };

/** Sessions whose end is worth a report, with the relay's key. A request that never became a session has none. */
const keys = new WeakMap<object, string | undefined>();
/** FastMCP objects, ours and the server's own. */
const made: object[] = [];
/** Holds the one that is served. */
const startedServers = new WeakSet();
let started = false;
/** The one that was served has been stopped, so that the next to start is served, at the same port. */
let isStopped = false;
let servedPort: number | undefined;
let served: Serve["transport"] | undefined;
/** How the server shall serve, if that is known before it asks. */
let told: Serve | undefined;
let announce: (transport: Serve["transport"]) => void = () => undefined;
/** Called when requests are answered. */
let serving: (port?: number) => void = () => undefined;

/** `onServe` is called when it is known which transport the server will serve, before it does. */
export function observeFastMCP(onServe: (transport: Serve["transport"]) => void): void {
  announce = onServe;
  installPollShortcut();
  offerSessionState();
  installListenRedirect();
  observeClasses({ FastMCP: observeServer, FastMCPSession: observeSession }, (name, instance) => {
    if (name === "FastMCP") made.push(instance);
  });
}

/** Undefined: it is told when it calls `start()`. */
export function serveAs(serve: Serve | undefined): void {
  told = serve;
}

export function hasStarted(): boolean {
  return started;
}

/** What the server's own code has made. */
export function madeServers(): readonly object[] {
  return made.filter((server) => !isRehearsal(server));
}

function observeServer(prototype: Record<string, unknown>): void {
  const start = prototype["start"] as (this: object, options?: StartOptions) => Promise<void>;
  prototype["start"] = async function startObserved(this: object, options?: StartOptions): Promise<void> {
    if (isRehearsal(this)) return start.call(this, options);
    if (started && !isStopped) {
      const sameServer = startedServers.has(this);
      const asked = askedStart(options, (this as Server).options);
      // One endpoint has one server, and one standard input has one reader; a second server with a port of its own may be.
      const ignored = sameServer || served === "stdio" || asked.transport === "stdio";
      report({ type: "startedAgain", sameServer, ignored });
      return ignored ? undefined : start.call(this, options);
    }
    started = true;
    isStopped = false;
    startedServers.add(this);
    serving = (port) => {
      report({ type: "serving", ...(port === undefined ? {} : { port }) });
      reportLists(this);
    };
    report({ type: "starting", asked: askedStart(options, (this as Server).options) });
    const serve = (told ??= await next("serve"));
    served = serve.transport;
    announce(served);
    if (served === "httpStream") await keepSignIns((this as Server).options);
    try {
      const begin = (): Promise<void> => start.call(this, replaced(options, serve));
      if (serve.transport === "httpStream") serving((servedPort = await redirectListen(begin, servedPort)));
      else await begin();
    } catch (error) {
      report({ type: "failed", error: errorReport(error) });
      throw error;
    }
  };
  const stop = prototype["stop"] as (this: object) => Promise<void>;
  prototype["stop"] = async function stopObserved(this: object): Promise<void> {
    await stop.call(this);
    // Over stdio it goes on reading.
    if (served === "httpStream" && startedServers.delete(this)) isStopped = true;
  };
  observeToolErrors(prototype, isRehearsal);
  observeNames(
    (name, look) => wrap(prototype, name, look),
    (server) => started || isRehearsal(server),
  );
  wrap(prototype, "emit", (_server, [event, payload]) => {
    if (event !== "disconnect" || !hasSession(payload) || !keys.has(payload.session)) return;
    reportSession(payload.session, { event: "disconnect" });
  });
}

/** Our flags win over what the server hard-codes; TLS is the endpoint's business. */
function replaced(options: StartOptions | undefined, serve: Serve): StartOptions {
  const http: Record<string, unknown> = { ...options?.httpStream, host: serve.host, port: serve.port };
  for (const name of ["sslCa", "sslCert", "sslKey"]) Reflect.deleteProperty(http, name);
  return { ...options, transportType: serve.transport, httpStream: http };
}

function observeSession(prototype: Record<string, unknown>): void {
  const connect = prototype["connect"] as (this: object, transport: object) => Promise<void>;
  prototype["connect"] = function connectObserved(this: object, transport: object): Promise<void> {
    if (transport instanceof Look) return transport.take(this);
    const session = this as Session;
    const context = takeRequestContext();
    const overStdio = served === "stdio" && transport.constructor.name === "StdioServerTransport";
    // A session of a stateless request, or one that the server's own code connects in memory, is no client's session.
    if (context?.key === undefined && !overStdio) return connect.call(this, transport);

    keys.set(this, context?.key);
    if (context?.restoredId !== undefined) session.sessionId = context.restoredId;
    saveStateWithAnswers(session, transport, context?.key);
    if (context?.key !== rehearsalKey) reportConnect(this);
    if (overStdio) return connectOverStdio(session, transport, () => connect.call(this, transport));

    if (context?.key !== singleKey) allowLists(session);
    const overSse = transport.constructor.name === "SSEServerTransport";
    const begin = (): Promise<void> =>
      overSse
        ? withFinePolls(session, arrival(session), () => connect.call(this, transport))
        : withoutPollDelay(session, () => connect.call(this, transport));
    return context?.restoredId === undefined ? begin() : restoreState(session, context.key).then(begin);
  };
  if ("setupToolHandlers" in prototype)
    wrap(prototype, "setupToolHandlers", (session, [tools]) => noteTools(session, tools));
  wrap(prototype, "emit", (session, [event, payload]) => {
    if (!keys.has(session)) return;
    if (event === "ready") reportSession(session, { event: "ready" });
    else if (event === "rootsChanged" && hasRoots(payload)) {
      reportSession(session, { event: "rootsChanged", roots: payload.roots });
    } else if (event === "error" && hasError(payload)) {
      reportSession(session, { event: "error", error: errorReport(payload.error) });
    }
  });
}

/**
 * The endpoint has told the client of all lists. A session is restored before the server may have loaded what it offers,
 * and FastMCP throws when the first of a kind is added while a session is there that has not the capability for it.
 */
function allowLists({ server }: Session): void {
  server.registerCapabilities?.({ tools: {}, prompts: {}, resources: { subscribe: true } });
}

function connectOverStdio(session: Session, transport: object, connect: () => Promise<void>): Promise<void> {
  const connected = withFinePolls(session, arrival(session), connect);
  holdRequests(transport, connected);
  restoreStateWithFirstMessage(session, transport);
  // The transport reads standard input since the call; the promise waits for the client's capabilities.
  serving();
  return connected;
}

/** Where the client's messages have a way of their own, its capabilities may arrive while the session connects. */
function arrival({ server }: Session): () => boolean {
  return () => server.getClientCapabilities() !== undefined;
}

function reportConnect(session: object): void {
  const identity = callerIdentity(session);
  reportSession(session, { event: "connect", ...(identity === undefined ? {} : { identity }) });
}

function reportSession(session: object, event: ChildSessionEvent): void {
  const key = keys.get(session);
  if (key === rehearsalKey) return;
  report({ type: "session", ...(key === undefined ? {} : { key }), ...event });
}

/** Looks at each call before the method itself runs. The look never throws and cannot change the call. */
function wrap(
  prototype: Record<string, unknown>,
  name: string,
  look: (self: object, args: readonly unknown[]) => void,
): void {
  const method = prototype[name] as Method;
  prototype[name] = function observed(this: object, ...args: never[]): unknown {
    try {
      look(this, args);
    } catch {
      // What is observed must behave as if it were not.
    }
    return method.apply(this, args);
  };
}

function hasSession(value: unknown): value is { session: object } {
  return isObject(value) && isObject(value["session"]);
}

function hasRoots(value: unknown): value is { roots: readonly unknown[] } {
  return isObject(value) && Array.isArray(value["roots"]);
}

function hasError(value: unknown): value is { error: unknown } {
  return isObject(value) && "error" in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

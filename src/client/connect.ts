/** Connects the official client to a target, and ends all that was started for it. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  ListRootsRequestSchema,
  ResultSchema,
  type ClientCapabilities,
  type Notification,
  type Progress,
  type Request,
  type Result,
} from "@modelcontextprotocol/sdk/types.js";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { sessionKeyHeader, singleKey, type FromChild } from "../child/messages.ts";
import { CliError } from "../cli-error.ts";
import { SingleRun } from "../dev/single-run.ts";
import type { Foreign } from "../terminal/foreign.ts";
import { refusalText } from "../terminal/refusal-text.ts";
import { packageVersion } from "../version.ts";
import { RunTransport } from "./run-transport.ts";
import { fetchOrSignIn, SignInError } from "./sign-in.ts";
import type { Target } from "./target.ts";

export type ConnectOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whether a server that is started for this is asked over HTTP, as one must be whose callers send headers. */
  readonly overHttp?: boolean;
  readonly args?: readonly string[];
  /** What a server prints that is started for this. */
  readonly onOutput: (line: string) => void;
  readonly onNotification?: (notification: Notification) => void;
  readonly onChildMessage?: (message: FromChild) => void;
  /** Who the client says it is, if it is not `mcp call`. */
  readonly identity?: { readonly name: string; readonly version: string };
  readonly capabilities?: ClientCapabilities;
  /** Sent with the `initialize`: what a reader of the log is to know of the session. */
  readonly meta?: Foreign;
  /** Answers what the server asks, beside its roots. */
  readonly onRequest?: (request: Request) => Result;
  /** Absolute path of the folder that the server may see as the client's root. */
  readonly root: string;
};

/** A person waits as long as it takes, and has Ctrl-C. */
const noTimeoutMs = 2 ** 31 - 1;
/** How long a goodbye may take. */
const goodbyeMs = 1000;

export class Connection {
  readonly client: Client;
  readonly #close: () => Promise<void>;
  readonly #signal: AbortSignal;
  readonly #unsent: Set<Promise<void>>;

  constructor(client: Client, unsent: Set<Promise<void>>, signal: AbortSignal, close: () => Promise<void>) {
    this.client = client;
    this.#unsent = unsent;
    this.#signal = signal;
    this.#close = close;
  }

  /** The server, or what connects to it, is still there. */
  get isOpen(): boolean {
    return this.client.transport !== undefined;
  }

  get isCancelled(): boolean {
    return this.#signal.aborted;
  }

  /** One request, whose result is given as it came; cancelled by the signal. */
  async request(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    onProgress?: (progress: Progress) => void,
  ): Promise<Result> {
    this.#signal.throwIfAborted();
    // Only while it is open: the client would also cancel what has been answered.
    const cancellation = new AbortController();
    const cancel = (): void => cancellation.abort(this.#signal.reason);
    this.#signal.addEventListener("abort", cancel, { once: true });
    try {
      return await this.client.request({ method, params }, ResultSchema, {
        signal: cancellation.signal,
        timeout: noTimeoutMs,
        ...(onProgress === undefined ? {} : { onprogress: onProgress }),
      });
    } finally {
      this.#signal.removeEventListener("abort", cancel);
    }
  }

  notify(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    return this.client.notification({ method, params });
  }

  /** Says goodbye: what is being sent, such as a cancellation, still goes out. */
  async close(): Promise<void> {
    await soon(Promise.allSettled(this.#unsent));
    await this.#close();
  }
}

/** @throws CliError if the server cannot be reached, does not start, or refuses. */
export async function connect(target: Target, options: ConnectOptions): Promise<Connection> {
  const run = target.kind === "start" ? startRun(target.entry, options) : undefined;
  try {
    const transport = await transportFor(target, run, options);
    return await shakeHands(transport, run, options);
  } catch (error) {
    await run?.end();
    throw explained(error, target.kind === "url" ? target.url.href : "the server");
  }
}

function startRun(
  entry: Extract<Target, { kind: "start" }>["entry"],
  { args = [], overHttp, onOutput, onChildMessage, signal }: ConnectOptions,
): SingleRun {
  return new SingleRun({
    entry,
    args,
    transport: overHttp === true ? "httpStream" : "stdio",
    onOutput,
    signal,
    ...(onChildMessage === undefined ? {} : { onMessage: onChildMessage }),
  });
}

async function transportFor(
  target: Target,
  run: SingleRun | undefined,
  { headers }: ConnectOptions,
): Promise<Transport> {
  if (target.kind === "url")
    return new StreamableHTTPClientTransport(target.url, { requestInit: { headers }, fetch: fetchOrSignIn });
  if (run === undefined) throw new Error("a server that is to be started has a run");
  const { asked, port } = await run.start();
  if (port === undefined) return new RunTransport(run);
  const url = new URL(`http://127.0.0.1:${port}${asked.endpoint}`);
  // With a key, the session is one that our observer knows, and does not wait for what cannot come.
  const requestInit = { headers: { ...headers, [sessionKeyHeader]: singleKey } };
  return new StreamableHTTPClientTransport(url, { requestInit, fetch: fetchOrSignIn });
}

async function shakeHands(
  transport: Transport,
  run: SingleRun | undefined,
  { onNotification, onRequest, root, signal, identity, capabilities = { roots: {} }, meta }: ConnectOptions,
): Promise<Connection> {
  const client = new Client(identity ?? { name: "mcp-call", version: packageVersion }, { capabilities });
  if (onRequest !== undefined) {
    client.fallbackRequestHandler = (request) => Promise.resolve(onRequest(request));
  } else {
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: [{ uri: pathToFileURL(root).href, name: "project" }],
    }));
  }
  client.fallbackNotificationHandler = (notification) => {
    onNotification?.(notification);
    return Promise.resolve();
  };
  const unsent = trackSends(transport);
  if (meta !== undefined) sendWithInitialize(transport, meta);
  await connectUnlessCancelled(client, transport, signal);
  keepOrder(transport);
  return new Connection(client, unsent, signal, async () => {
    if (transport instanceof StreamableHTTPClientTransport) await soon(transport.terminateSession());
    await client.close();
    await run?.end();
  });
}

/** The protocol forbids to cancel an `initialize`: the transport is closed instead. */
async function connectUnlessCancelled(
  client: Client,
  transport: Transport,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const close = (): void => void transport.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await client.connect(transport);
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/**
 * The client handles an answer at once and a notification a moment later: the last progress of a call, which came before
 * its answer, would find the call ended.
 */
function keepOrder(transport: Transport): void {
  const receive = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if ("method" in message) receive?.(message, extra);
    else setImmediate(() => receive?.(message, extra));
  };
}

function sendWithInitialize(transport: Transport, meta: Foreign): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    if (!("method" in message && message.method === "initialize")) return send(message, options);
    return send({ ...message, params: { ...message.params, _meta: meta } }, options);
  };
}

function trackSends(transport: Transport): Set<Promise<void>> {
  const unsent = new Set<Promise<void>>();
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    const sending = send(message, options);
    // A request's own sending lasts as long as its answer; nobody waits for that at the end.
    if (!("method" in message && "id" in message)) {
      unsent.add(sending);
      void sending.catch(() => undefined).finally(() => unsent.delete(sending));
    }
    return sending;
  };
  return unsent;
}

async function soon(promise: Promise<unknown>): Promise<void> {
  const timeout = setTimeout(goodbyeMs, undefined, { ref: false });
  await Promise.race([promise.catch(() => undefined), timeout]);
}

const tokenHint = 'say who calls: -H "Authorization: Bearer <token>", or MCP_TOKEN in the project\'s .env';
const signInHint =
  "its clients sign in through a browser; mcp call --fresh asks a server of its own over stdio, with MCP_TOKEN";

/** What HTTP and the network say is told of `whom`; another error stays what it is. */
export function explained<Other>(error: Other, whom: string): Other | CliError {
  if (error instanceof StreamableHTTPError) {
    const refused = error.code === 401 || error.code === 403;
    return new CliError(`${whom} answered with status ${String(error.code)}: ${bodyOf(error)}`, {
      ...(refused ? { hint: error instanceof SignInError ? signInHint : tokenHint } : {}),
      cause: error,
    });
  }
  if (error instanceof TypeError) {
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    const isTls = /certificate|self.signed/i.test(cause);
    return new CliError(`${whom} cannot be reached: ${cause}`, {
      hint: isTls ? "trust its certificate: NODE_EXTRA_CA_CERTS=<file.pem>" : "is the server running?",
      cause: error,
    });
  }
  return error;
}

function bodyOf(error: StreamableHTTPError): string {
  const text = refusalText(error.message.replace(/^.*?Error POSTing to endpoint: /, ""));
  return text === "" ? "(no text)" : text.slice(0, 300);
}

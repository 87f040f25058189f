/** The HTTP address that clients know: listens for as long as the command runs, and routes each request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Departure, type Leaving } from "./departure.ts";
import { fromClientEventId } from "./event-ids.ts";
import { lossGraceMs, UnavailableError } from "./generations.ts";
import { passRead, passUnchanged } from "./http-answer.ts";
import { header, isEventStream, passedHeaders, sessionIdHeader } from "./http-headers.ts";
import { openSession, passMessages } from "./http-post.ts";
import { unknownLoss, type HttpRelay } from "./http-relay.ts";
import { refuseRest, resumeCall } from "./http-resume.ts";
import type { Post } from "./http-send.ts";
import type { HttpSession } from "./http-session.ts";
import { HttpStream } from "./http-stream.ts";
import { readBody, sendUpstream } from "./http-upstream.ts";
import type { HostCheck } from "./host-check.ts";
import { parseMessages, serverErrorCode } from "./json-rpc.ts";
import { RestoreRefusedError } from "./restore-refused.ts";

export type Tls = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

/** As mcp-proxy, so that an idle client's connection lives as long as it does without us. */
const keepAliveTimeoutMs = 300_000;

export class HttpEndpoint {
  readonly #relay: HttpRelay;
  readonly #hostCheck: HostCheck;
  readonly #server: Server;
  /** Path of Streamable HTTP; known when the server has said so. */
  #path = "/mcp";

  constructor(relay: HttpRelay, hostCheck: HostCheck, tls?: Tls) {
    this.#relay = relay;
    this.#hostCheck = hostCheck;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#server.keepAliveTimeout = keepAliveTimeoutMs;
    this.#server.headersTimeout = keepAliveTimeoutMs + 1000;
    this.#server.requestTimeout = 0;
    relay.generations.onChange((current) => (this.#path = current?.endpoint ?? this.#path));
  }

  /** Resolves with the port. Rejects with `EADDRINUSE` and the like. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening at once and ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#hostCheck.refuse(request);
    if (refusal !== undefined) {
      const body = { jsonrpc: "2.0", error: { code: serverErrorCode, message: refusal }, id: null };
      response.writeHead(403, ["Content-Type", "application/json; charset=utf-8"]).end(JSON.stringify(body));
      return;
    }
    // A client that hangs up while it is written to has its own event below.
    response.on("error", () => undefined);
    const gone = new Departure();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const { sse } = this.#relay;
    if (sse.opens(request)) return this.#orRefuse(response, gone, () => sse.open(request, response, gone));
    const older = sse.sessionOf(request);
    if (older !== undefined) return older.post({ request, response });
    if (!this.#isMcp(request)) return this.#passThrough(request, response, gone);
    const session = this.#relay.session(header(request, sessionIdHeader));
    if (request.method === "POST") return this.#post(request, response, gone);
    if (session === undefined) return this.#passThrough(request, response, gone);
    if (request.method === "GET") return this.#stream(session, request, response, gone);
    session.isDeleting = request.method === "DELETE";
    await this.#passThrough(request, response, gone);
    if (session.isDeleting && response.headersSent && response.statusCode < 300)
      this.#relay.ended(session, "ended by the client");
    session.isDeleting = false;
  }

  /** Opens the session's stream, or takes up that of a call again. */
  async #stream(
    session: HttpSession,
    request: IncomingMessage,
    response: ServerResponse,
    gone: Leaving,
  ): Promise<void> {
    session.entered();
    response.once("close", () => session.left());
    const lastId = header(request, "last-event-id");
    const last = lastId === undefined ? undefined : fromClientEventId(lastId);
    if (last?.stream === "end") {
      refuseRest(response);
      return;
    }
    if (last?.stream === "call") {
      const resumption = { session, request, response, last, gone };
      return this.#orRefuse(response, gone, () => resumeCall(this.#relay, resumption));
    }
    const stream = new HttpStream({ session, request, response, last, relay: this.#relay });
    const { stream: other } = session;
    session.stream ??= stream;
    // What a replaced child still says by itself, it says through the stream too.
    const attachReplaced = (): void => {
      for (const replaced of this.#relay.replacedWith(session))
        stream.attach(replaced).catch(() => undefined);
    };
    await this.#orRefuse(response, gone, async () => {
      if (other === undefined) attachReplaced();
      // The server itself answers that a session has one stream at a time, unless the client has lost the other by then.
      if (other !== undefined) await this.#attach(other, gone).catch(orUnavailable);
      await this.#attach(stream, gone);
      if (!stream.isOpen) return;
      if (session.stream !== stream) session.stream?.end();
      session.stream = stream;
      attachReplaced();
      this.#relay.listens(session);
    });
  }

  /** Opens the stream in the child that serves; in the next one if it goes away meanwhile. */
  async #attach(stream: HttpStream, gone: Leaving): Promise<void> {
    const { generations } = this.#relay;
    for (;;) {
      const upstream = await generations.wait(gone).catch((error: unknown) => {
        // A replaced child has opened it, and whoever serves next will be attached by itself.
        if (!stream.isOpen) throw error;
      });
      if (upstream === undefined) return;
      try {
        await stream.attach(upstream);
        return;
      } catch (error) {
        const isRefused = error instanceof RestoreRefusedError;
        if (!gone.aborted && !isRefused) await generations.left(upstream.generation, lossGraceMs);
        if (stream.isOpen) return;
        if (gone.aborted || generations.current?.generation === upstream.generation) throw error;
      }
    }
  }

  #isMcp(request: IncomingMessage): boolean {
    return (request.url ?? "").split("?", 1)[0] === this.#path;
  }

  async #post(request: IncomingMessage, response: ServerResponse, gone: Leaving): Promise<void> {
    const body = await readBody(request);
    const messages = parseMessages(body.toString());
    const id = header(request, sessionIdHeader);
    const session = this.#relay.session(id);
    if (messages === undefined) return this.#passThrough(request, response, gone, body);
    const post: Post = { request, response, body, messages, gone };
    const [first] = messages;
    const method = first !== undefined && "method" in first ? first.method : undefined;
    if (method === "server/discover" && this.#relay.generations.current === undefined) {
      refuseDiscover(response);
      return;
    }
    if (method === "initialize" && id === undefined) return openSession(this.#relay, post);
    return passMessages(this.#relay, post, session);
  }

  /** Whatever else the server has on its port: custom routes, OAuth, health. */
  async #passThrough(
    request: IncomingMessage,
    response: ServerResponse,
    gone: Leaving,
    body?: Buffer,
  ): Promise<void> {
    await this.#orRefuse(response, gone, async () => {
      const upstream = await this.#relay.generations.wait(gone);
      // Held from here on: a child that restores a session must not be ended under it.
      const release = this.#relay.generations.lease(upstream.generation);
      const session = this.#relay.session(header(request, sessionIdHeader));
      // RFC 9112, section 6.3: a request without either has no body.
      const hasBody = "content-length" in request.headers || "transfer-encoding" in request.headers;
      const whole = body ?? (hasBody ? request : undefined);
      try {
        const id = await session?.idIn(upstream, request);
        const from = await sendUpstream(upstream, {
          method: request.method ?? "GET",
          path: request.url ?? "/",
          headers: passedHeaders(
            request.rawHeaders,
            // The client's ids of events are not the child's.
            id === undefined ? {} : { [sessionIdHeader]: id, "last-event-id": undefined },
          ),
          ...(whole === undefined ? {} : { body: whole }),
          signal: gone,
        });
        // What is listened to may never end, and is listened to again: a replaced child does not wait for it.
        if (request.method === "GET" && isEventStream(from)) release();
        await passUnchanged(from, response, session?.id);
      } catch (error) {
        release();
        if (gone.aborted || response.headersSent || error instanceof RestoreRefusedError) throw error;
        throw new UnavailableError(await this.#relay.explainLoss(upstream.generation), { cause: error });
      } finally {
        release();
      }
    });
  }

  /** Runs `serve`; if no child can, the client is told. */
  async #orRefuse(response: ServerResponse, gone: Leaving, serve: () => Promise<void>): Promise<void> {
    try {
      await serve();
    } catch (error) {
      if (gone.aborted || response.headersSent) response.destroy();
      else if (error instanceof RestoreRefusedError) passRead(error.response, error.body, response);
      else {
        const why = error instanceof UnavailableError ? error.message : unknownLoss;
        response.writeHead(503, ["Content-Type", "text/plain; charset=utf-8"]).end(`${why}\n`);
      }
    }
  }
}

function orUnavailable(error: unknown): void {
  if (error instanceof UnavailableError) throw error;
}

/** A client of both protocol eras falls back to `initialize` on 400, which then waits for the server. */
function refuseDiscover(response: ServerResponse): void {
  const error = {
    code: serverErrorCode,
    message: "Unsupported protocol version: this server speaks the handshake revisions.",
  };
  response
    .writeHead(400, ["Content-Type", "application/json; charset=utf-8"])
    .end(JSON.stringify({ jsonrpc: "2.0", error, id: null }));
}

/** An MCP client over Streamable HTTP, as bare as can be. */
import { HttpConnection, type Answer } from "./http-connection.ts";

const protocolVersion = "2025-06-18";

export type HttpClientOptions = {
  readonly port: number;
  readonly token?: string;
  /** Called in place of `greet`, which has one argument. */
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
};

/** The server answered, but not what a client can go on with. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor({ status, body }: Answer) {
    super(`${status} ${body.slice(0, 200)}`);
    this.status = status;
  }
}

export class HttpClient {
  readonly #options: HttpClientOptions;
  /** As many as there are calls at once. */
  readonly #idle: HttpConnection[] = [];
  #stream: HttpConnection | undefined;
  #head = "";
  #nextId = 1;
  #parameters: string;
  /** Undefined before `connect`, and for a server without sessions. */
  sessionId: string | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#parameters = JSON.stringify(options.tool ?? { name: "greet", arguments: { name: "you" } });
    this.#forget();
  }

  /** Opens a session, and the stream for what the server says by itself, as the official client does. */
  async connect({ stream = true }: { readonly stream?: boolean } = {}): Promise<void> {
    this.#forget();
    await this.initialize();
    await this.#post(`{"jsonrpc":"2.0","method":"notifications/initialized"}`, 202);
    if (!stream) return;
    this.#stream = new HttpConnection(this.#options.port);
    this.#stream.listen(`GET /mcp HTTP/1.1\r\n${this.#head}\r\n`);
  }

  async initialize(): Promise<void> {
    const params = `{"protocolVersion":"${protocolVersion}","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}`;
    const answer = await this.#post(
      `{"jsonrpc":"2.0","id":${this.#nextId++},"method":"initialize","params":${params}}`,
      200,
    );
    this.sessionId = /\r\nmcp-session-id: *([^\r]+)/i.exec(answer.head)?.[1];
    this.#setHead();
  }

  /** What the tool said, as the server sent it: an event with a JSON-RPC answer. */
  async call(): Promise<string> {
    const id = this.#nextId++;
    const answer = await this.#post(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${this.#parameters}}`,
      200,
    );
    const { body } = answer;
    const isItsOwn = body.includes(`"id":${id},`) || body.includes(`"id":${id}}`);
    if (!isItsOwn || !body.includes(`"result"`) || body.includes(`"isError":true`))
      throw new RefusedError(answer);
    return body;
  }

  close(): void {
    this.#stream?.close();
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #forget(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.sessionId = undefined;
    this.#setHead();
  }

  #setHead(): void {
    const { port, token } = this.#options;
    const lines = [
      `Host: 127.0.0.1:${port}`,
      "Content-Type: application/json",
      "Accept: application/json, text/event-stream",
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
      ...(this.sessionId === undefined
        ? []
        : [`Mcp-Session-Id: ${this.sessionId}`, `Mcp-Protocol-Version: ${protocolVersion}`]),
    ];
    this.#head = `${lines.join("\r\n")}\r\n`;
  }

  async #post(body: string, status: number): Promise<Answer> {
    const length = Buffer.byteLength(body);
    const connection = this.#idle.pop() ?? new HttpConnection(this.#options.port);
    const request = `POST /mcp HTTP/1.1\r\n${this.#head}Content-Length: ${length}\r\n\r\n${body}`;
    const answer = await connection.exchange(request).finally(() => this.#idle.push(connection));
    if (answer.status !== status) throw new RefusedError(answer);
    return answer;
  }
}

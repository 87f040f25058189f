/** Serves any number of clients over HTTP, on an address that stays while children come and go. */
import { readFileSync } from "node:fs";
import { CliError } from "../cli-error.ts";
import { restoredIdHeader, sessionKeyHeader, type AskedStart } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import { Generations, type Bounds } from "../relay/generations.ts";
import { HostCheck } from "../relay/host-check.ts";
import { HttpEndpoint, type Tls } from "../relay/http-endpoint.ts";
import { HttpRelay } from "../relay/http-relay.ts";
import { Connections, type HttpUpstream } from "../relay/http-upstream.ts";
import { ownAddresses } from "../platform/addresses.ts";
import type { ChildProcess } from "./child-process.ts";
import type { Front, ReportedEvent } from "./front.ts";

export type HttpFrontOptions = {
  readonly recorder: Recorder;
  readonly nextName: () => string;
  readonly bounds: Bounds;
  readonly host: string;
  /** Undefined: the server's own. */
  readonly port: number | undefined;
  readonly strictPort: boolean;
  readonly allowedHosts: readonly string[];
};

/** How many ports after the wanted one are tried. */
const portTries = 20;

export class HttpFront implements Front {
  readonly transport = "httpStream";
  readonly #options: HttpFrontOptions;
  readonly #generations: Generations<HttpUpstream>;
  readonly #relay: HttpRelay;
  #endpoint: HttpEndpoint | undefined;
  /** A server may ask for its address while a guessed one is being opened. */
  #listening: Promise<void> = Promise.resolve();
  #port = 0;
  #wanted = 0;
  #secure = false;
  #path = "/mcp";

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    const { bounds, recorder, nextName } = options;
    this.#generations = new Generations(bounds);
    const headers = { sessionKey: sessionKeyHeader, restoredId: restoredIdHeader };
    this.#relay = new HttpRelay({ generations: this.#generations, recorder, nextName, headers });
  }

  get address(): { host: string; port: number } {
    return { host: this.#options.host, port: this.#port };
  }

  /** What clients are told: the first is for those on this machine. */
  get url(): string {
    return this.#urlFor(this.isExposed ? "localhost" : this.#options.host);
  }

  /** With those for clients elsewhere. */
  get urls(): string[] {
    return [this.url, ...this.#otherAddresses().map((address) => this.#urlFor(address))];
  }

  /** It listens on every address of this machine. */
  get isExposed(): boolean {
    return isWildcard(this.#options.host);
  }

  /** The port that was asked for, and the one instead, if another had to be taken. */
  get refusedPort(): { readonly refused: number; readonly taken: number } | undefined {
    if (this.#wanted === this.#port || this.#wanted === 0) return undefined;
    return { refused: this.#wanted, taken: this.#port };
  }

  /**
   * Listens where the server wants to be, unless the command line says otherwise; moves if a first start that failed
   * had to guess. Without `asked` the port is a guess.
   * @throws CliError when the port cannot be had.
   */
  listen(asked: AskedStart | undefined): Promise<void> {
    const listening = this.#listening.then(() => this.#listen(asked));
    this.#listening = listening.catch(() => undefined);
    return listening;
  }

  async #listen(asked: AskedStart | undefined): Promise<void> {
    const wanted = this.#options.port ?? asked?.port ?? 8080;
    if (asked !== undefined) this.#path = asked.endpoint;
    const tls = readTls(asked?.tls);
    const secure = tls !== undefined;
    if (this.#endpoint !== undefined) {
      if (wanted === this.#wanted && secure === this.#secure) return;
      await this.#endpoint.close();
    }
    this.#wanted = wanted;
    this.#secure = secure;
    const { host, allowedHosts } = this.#options;
    const isOwn = (name: string): boolean => this.#otherAddresses().includes(name);
    const endpoint = new HttpEndpoint(this.#relay, new HostCheck([host, ...allowedHosts], isOwn), tls);
    this.#port = await this.#listenNear(endpoint, wanted);
    this.#endpoint = endpoint;
  }

  serve({ generation }: Pick<ChildProcess, "generation">, asked: AskedStart, port: number | undefined): void {
    if (port === undefined) throw new Error("a child that serves HTTP reports its port");
    const { endpoint, stateless } = asked;
    this.#generations.use({ generation, port, endpoint, stateless, connections: new Connections(port) });
  }

  takeLine(_generation: number, line: string): string {
    return line;
  }

  happened(event: ReportedEvent, generation: number): void {
    if (event.key !== undefined) this.#relay.happened(event.key, event, generation);
  }

  get lastCallAt(): number {
    return this.#generations.lastCallAt;
  }

  drained(generation: number): Promise<void> {
    return this.#generations.drained(generation);
  }

  lose(generation: number, why: string): void {
    this.#generations.lose(generation, why);
  }

  explain(why: string): void {
    this.#generations.explain(why);
  }

  async close(reason: string): Promise<void> {
    this.#relay.endAll(reason);
    await this.#listening;
    await this.#endpoint?.close();
  }

  #otherAddresses(): string[] {
    const { host } = this.#options;
    return isWildcard(host) ? ownAddresses(host) : [];
  }

  #urlFor(host: string): string {
    const name = host.includes(":") ? `[${host}]` : host;
    return `${this.#secure ? "https" : "http"}://${name}:${this.#port}${this.#path}`;
  }

  async #listenNear(endpoint: HttpEndpoint, wanted: number): Promise<number> {
    const { host, strictPort } = this.#options;
    for (let port = wanted; ; port++) {
      try {
        return await endpoint.listen(host, port);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        const mayTryNext =
          code === "EADDRINUSE" && !strictPort && port > 0 && port < Math.min(wanted + portTries, 65_535);
        if (!mayTryNext) throw listenError(error, code, host, port);
      }
    }
  }
}

/** It stands for many addresses of this machine. */
function isWildcard(host: string): host is "0.0.0.0" | "::" {
  return host === "0.0.0.0" || host === "::";
}

function listenError(error: unknown, code: unknown, host: string, port: number): CliError {
  if (code === "EADDRINUSE") {
    return new CliError(`port ${port} is in use`, {
      hint: "choose another: --port <n>, or leave out --strict-port",
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new CliError(`port ${port} may not be used by this user`, {
      hint: "choose one above 1023: --port 8080",
      cause: error,
    });
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new CliError(`${host} is not an address of this machine`, {
      hint: "--host takes 127.0.0.1, 0.0.0.0 or one of this machine's addresses",
      cause: error,
    });
  }
  return new CliError(`cannot listen on ${host}:${port}`, {
    hint: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

function readTls(files: AskedStart["tls"]): Tls | undefined {
  if (files === undefined) return undefined;
  const { ca, cert, key } = files;
  return {
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
  };
}

/** Makes the client-facing half: over stdio or HTTP, as the command line or else the server says. */
import type { AskedStart, UpstreamTransport } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import type { ClientEnd } from "../relay/stdio-endpoint.ts";
import { serialNames } from "../relay/session-names.ts";
import { EarlyInput } from "./early-input.ts";
import type { Front } from "./front.ts";
import { HttpFront } from "./http-front.ts";
import type { DevOptions } from "./options.ts";
import { StdioFront } from "./stdio-front.ts";

export type FrontsOptions = {
  readonly options: DevOptions;
  readonly recorder: Recorder;
  readonly onClientLeft: (end: ClientEnd) => void;
};

const waitingMax = 1000;

export class Fronts {
  readonly #options: DevOptions;
  readonly #recorder: Recorder;
  readonly #onClientLeft: (end: ClientEnd) => void;
  readonly #nextName = serialNames();
  /** Standard input, until it is known whether it is a client's. */
  #earlyInput: EarlyInput | undefined;

  constructor({ options, recorder, onClientLeft }: FrontsOptions) {
    this.#options = options;
    this.#recorder = recorder;
    this.#onClientLeft = onClientLeft;
  }

  /** Resolves when somebody speaks at the other end of a pipe: a client of stdio. */
  get spoken(): Promise<void> | undefined {
    return this.#earlyInput?.spoken;
  }

  /** Nobody knows the transport yet. A client that came and went is answered even if the server never says it. */
  listenEarly(onLeft: () => void): void {
    const early = new EarlyInput(process.stdin);
    this.#earlyInput = early;
    void early.ended.then(() => {
      setTimeout(onLeft, this.#options.waitTimeoutMs).unref();
    });
  }

  /** Known before the server says it: it was asked for, or a person sits there, who speaks no JSON-RPC. */
  get isHttp(): boolean {
    const { transport, inputIsTerminal } = this.#options;
    return transport === "httpStream" || (transport === undefined && inputIsTerminal);
  }

  transportFor(asked: AskedStart): UpstreamTransport {
    const { transport, inputIsTerminal } = this.#options;
    if (transport !== undefined) return transport;
    // A person at a terminal speaks no JSON-RPC.
    return inputIsTerminal ? "httpStream" : asked.transport;
  }

  make(transport: UpstreamTransport): Front {
    return transport === "stdio" ? this.stdio() : this.http();
  }

  http(): HttpFront {
    this.#earlyInput?.close();
    const { host, port, strictPort, allowedHosts } = this.#options;
    return new HttpFront({ ...this.#common(), host, port, strictPort, allowedHosts });
  }

  stdio(): StdioFront {
    const front = new StdioFront({
      ...this.#common(),
      input: this.#earlyInput?.handOver() ?? process.stdin,
      output: process.stdout,
      drainTimeoutMs: this.#options.drainTimeoutMs,
    });
    void front.closedByClient.then(this.#onClientLeft);
    return front;
  }

  close(): void {
    this.#earlyInput?.close();
  }

  #common(): Pick<ConstructorParameters<typeof HttpFront>[0], "recorder" | "nextName" | "bounds"> {
    const bounds = { waitTimeoutMs: this.#options.waitTimeoutMs, waitingMax };
    return { recorder: this.#recorder, nextName: this.#nextName, bounds };
  }
}

/** The official client's way to a server that runs only for it, over the server's standard input and output. */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { JSONRPCMessageSchema, type JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { SingleRun } from "../dev/single-run.ts";

export class RunTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #run: SingleRun;

  constructor(run: SingleRun) {
    this.#run = run;
  }

  start(): Promise<void> {
    this.#run.listen(
      (line) => this.#received(line),
      () => this.onclose?.(),
    );
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    this.#run.write(JSON.stringify(message));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#run.end();
    this.onclose?.();
  }

  #received(line: string): void {
    try {
      this.onmessage?.(JSONRPCMessageSchema.parse(JSON.parse(line)));
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** A client on the two ends of a pipe. */
import type { Readable, Writable } from "node:stream";
import { LineSplitter } from "../../src/relay/lines.ts";
import { parseMessages, type Message } from "../../src/relay/json-rpc.ts";
import { FakeClient } from "./fake-client.ts";

export class FakeStdioClient extends FakeClient {
  readonly canHangUp = false;
  readonly #toServer: Writable;

  constructor(
    pipe: { readonly toServer: Writable; readonly fromServer: Readable },
    ...rest: ConstructorParameters<typeof FakeClient>
  ) {
    super(...rest);
    this.#toServer = pipe.toServer;
    const lines = new LineSplitter((line) => this.#line(line));
    pipe.fromServer.on("data", (chunk: Buffer) => lines.push(chunk));
  }

  hangUp(): void {
    throw new Error("nobody hangs up on a pipe");
  }

  openStream(): void {
    // A pipe carries everything.
  }

  comeBack(): void {
    // What a pipe carries does not break off.
  }

  protected override send(messages: readonly Message[]): void {
    this.#toServer.write(`${JSON.stringify(messages.length === 1 ? messages[0] : messages)}\n`);
  }

  protected override close(): void {
    this.#toServer.end();
  }

  #line(line: string): void {
    const messages = parseMessages(line);
    if (messages === undefined) this.surprises.push(`a line that is no message: ${line}`);
    for (const message of messages ?? []) this.take(message);
  }
}

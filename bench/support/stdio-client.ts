/** An MCP client over a process's standard input and output, as bare as can be. */
import type { ChildProcess } from "node:child_process";

const initializeParams = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
};

export class StdioClient {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (line: string) => void>();
  #rest = "";
  #nextId = 1;

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.#take(chunk));
  }

  async initialize(timeoutMs: number): Promise<void> {
    await this.#request("initialize", initializeParams, timeoutMs);
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** The answer as it was sent. Rejects when none comes in time. */
  call(timeoutMs: number): Promise<string> {
    return this.#request("tools/call", { name: "greet", arguments: { name: "you" } }, timeoutMs);
  }

  #request(method: string, params: object, timeoutMs: number): Promise<string> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error("no answer in time"));
      }, timeoutMs);
      this.#waiting.set(id, (line) => {
        clearTimeout(timer);
        resolve(line);
      });
      this.#send({ jsonrpc: "2.0", id, method, params });
    });
  }

  #send(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #take(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const id = idOf(line);
      const resolve = id === undefined ? undefined : this.#waiting.get(id);
      if (id !== undefined) this.#waiting.delete(id);
      resolve?.(line);
    }
  }
}

/** Some runners print into the protocol. */
function idOf(line: string): number | undefined {
  try {
    return (JSON.parse(line) as { id?: number }).id;
  } catch {
    return undefined;
  }
}

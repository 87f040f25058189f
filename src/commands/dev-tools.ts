/** Calls tools for a person who sits at `mcp dev`: asks which one and with what, through a session of its own. */
import type { Result } from "@modelcontextprotocol/sdk/types.js";
import { connect, type Connection } from "../client/connect.ts";
import { headersFor } from "../client/headers.ts";
import { all, nameOf } from "../client/offer.ts";
import type { HttpFront } from "../dev/http-front.ts";
import type { DevOptions } from "../dev/options.ts";
import { toolResultText, type ResultView } from "../terminal/call-result.ts";
import type { Foreign } from "../terminal/foreign.ts";
import { isCancelledPrompt, type PromptStreams } from "../terminal/prompts.ts";
import { packageVersion } from "../version.ts";
import { variablesOf } from "./client-connection.ts";
import { askArguments, askTool } from "./dev-tool-questions.ts";

export type ToolCall = { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };

export class DevTools {
  readonly #http: HttpFront;
  readonly #options: DevOptions;
  readonly #asking = new AbortController();
  readonly #never = new AbortController();
  /** Kept from call to call, so that the server sees one session. */
  #connection: Connection | undefined;

  constructor(http: HttpFront, options: DevOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** What there is to choose from. */
  async tools(): Promise<readonly Foreign[]> {
    const tools = await all(await this.#connected(), "tools/list", "tools");
    if (tools.length === 0) throw new Error("the server has no tools");
    return tools;
  }

  /** `undefined` if the person thought better of it. */
  async ask(tools: readonly Foreign[]): Promise<ToolCall | undefined> {
    const streams: PromptStreams = {
      input: process.stdin,
      output: process.stdout,
      signal: this.#asking.signal,
      clearPromptOnDone: true,
    };
    try {
      const name = await askTool(streams, tools);
      const tool = tools.find((one) => nameOf(one) === name);
      return { name, arguments: await askArguments(streams, tool?.["inputSchema"]) };
    } catch (error) {
      if (isCancelledPrompt(error)) return undefined;
      throw error;
    }
  }

  /** The answer, for the screen. */
  async call(call: ToolCall, view: ResultView): Promise<string[]> {
    const { styles } = view;
    const result: Result = await (await this.#connected()).request("tools/call", { ...call });
    const isError = result["isError"] === true;
    const heading = isError ? styles.red(`✗ ${call.name} failed`) : styles.green(`✓ ${call.name} answered`);
    const text = toolResultText(result, view);
    return ["", `  ${heading}`, ...text.split("\n").map((line) => `    ${line}`), ""];
  }

  async close(): Promise<void> {
    this.#asking.abort();
    await this.#connection?.close();
  }

  async #connected(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const { project } = this.#options.entry;
    const connection = await connect(
      { kind: "url", url: new URL(this.#http.url), project },
      {
        headers: headersFor([], variablesOf(project), true),
        // A call that runs at the end is answered, or told so, as any client's.
        signal: this.#never.signal,
        onOutput: () => undefined,
        identity: { name: "mcp dev", version: packageVersion },
        root: project,
      },
    );
    // A server may end a session; the next call opens another one.
    connection.client.onclose = () => (this.#connection = undefined);
    return (this.#connection = connection);
  }
}

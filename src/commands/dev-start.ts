/** Prints the block of the start, as soon as it is known what the server offers. */
import { configEntry, serverName } from "../client/config-entry.ts";
import { knownClients } from "../client/known-clients.ts";
import type { Offer } from "../client/offer.ts";
import type { Listening } from "../dev/dev-events.ts";
import { HttpFront } from "../dev/http-front.ts";
import type { ListFailure } from "../dev/list-failures.ts";
import type { DevOptions } from "../dev/options.ts";
import type { ClientEntry, StartBlock } from "../terminal/dev-screen.ts";
import { environmentLines, type ShownSource } from "../terminal/environment-lines.ts";
import type { DevOutput } from "./dev-output.ts";

export type DevStartOptions = {
  readonly options: DevOptions;
  readonly log: string | undefined;
  readonly output: DevOutput;
  /** Which variables come from where. */
  readonly environment: () => readonly ShownSource[];
  /** Somebody wants to know. */
  readonly showsEnvironment: boolean;
};

/** Variables that hold what a caller sends, as created projects call them. */
const tokenName = /^MCP_(?:[A-Z0-9]+_)*TOKEN$/;
/** A server that cannot be asked serves all the same. */
const offerTimeoutMs = 1500;

export class DevStart {
  readonly #options: DevStartOptions;
  #waiting: { readonly show: (offer: Offer | undefined) => void; readonly timer: NodeJS.Timeout } | undefined;

  #shownEnvironment: readonly string[] = [];
  /** What the server says of itself. */
  server: Offer["server"] = { name: "server", version: "" };

  constructor(options: DevStartOptions) {
    this.#options = options;
  }

  listening(about: Listening, hasKeys: boolean): void {
    const { output } = this.#options;
    const show = (offer: Offer | undefined): void => this.#show(about, hasKeys, offer);
    if (about.asked === undefined) {
      show(undefined);
      return;
    }
    this.server = about.asked;
    output.hold();
    this.#waiting = { show, timer: setTimeout(() => this.offered(undefined), offerTimeoutMs) };
  }

  /** The server that serves now offers this. */
  offered(offer: Offer | undefined): void {
    if (this.#waiting === undefined) {
      this.#sayChangedEnvironment();
      return;
    }
    clearTimeout(this.#waiting.timer);
    const { show } = this.#waiting;
    this.#waiting = undefined;
    show(offer);
  }

  /** What is held back is shown. */
  end(): void {
    if (this.#waiting !== undefined) this.offered(undefined);
    this.#options.output.release();
  }

  #show({ asked, front, durationMs }: Listening, hasKeys: boolean, offer: Offer | undefined): void {
    const { options, log, output } = this.#options;
    const { entry, inputIsTerminal } = options;
    const http = front instanceof HttpFront ? front : undefined;
    const isForOthers = inputIsTerminal && (http === undefined || asked?.transport === "stdio");
    output.start({
      asked,
      entry: entry.file,
      project: entry.project,
      urls: http?.urls ?? [],
      signIn: http === undefined ? undefined : this.#signIn(asked, http.urls),
      isExposed: http?.isExposed === true,
      clientEntry: isForOthers ? this.#clientEntry() : undefined,
      port: http?.refusedPort,
      offer: offer === undefined ? undefined : counts(offer),
      log,
      environment: this.#environment(),
      durationMs,
      hasKeys,
      width: output.width,
    });
  }

  /** Names of variables, never what is in them. */
  #signIn(asked: Listening["asked"], urls: readonly string[]): StartBlock["signIn"] {
    const how = asked?.signIn;
    if (how === undefined) return undefined;
    if (how === "oauth") return { how, elsewhere: otherPort(asked?.resource, urls) };
    const names = this.#options.environment().flatMap((source) => [...source.names, ...source.fromShell]);
    const tokens = [...new Set(names)].filter((name) => tokenName.test(name));
    // What `mcp call` and a server of stdio use is one of the others.
    const others = tokens.filter((name) => name !== "MCP_TOKEN");
    const shown = others.length > 0 ? others : tokens;
    return shown.length === 0 ? undefined : { how, tokens: shown };
  }

  #sayChangedEnvironment(): void {
    const before = this.#shownEnvironment;
    const now = this.#environment();
    const { output } = this.#options;
    if (now.join("\n") !== before.join("\n"))
      output.say(now.map((line) => `   ${output.styles.dim("env")} ${line}`));
  }

  #environment(): readonly string[] {
    const { options, output, environment, showsEnvironment } = this.#options;
    const sources = showsEnvironment ? environment() : [];
    const lines = environmentLines(sources, options.entry.project, output.styles);
    this.#shownEnvironment = lines;
    return lines;
  }

  #clientEntry(): ClientEntry {
    const { entry } = this.#options.options;
    return { name: serverName(entry.project), ...configEntry(knownClients.claude, entry) };
  }
}

function counts({ tools, resources, resourceTemplates, prompts, failures = [] }: Offer): StartBlock["offer"] {
  const count = (method: ListFailure["method"], entries: readonly unknown[]): number | undefined =>
    failures.some((failure) => failure.method === method) ? undefined : entries.length;
  return {
    tools: count("tools/list", tools),
    resources: count("resources/list", resources),
    templates: count("resources/templates/list", resourceTemplates),
    prompts: count("prompts/list", prompts),
  };
}

/** Of this machine; one with a name of its own may lead here. */
function otherPort(resource: string | undefined, urls: readonly string[]): number | undefined {
  if (resource === undefined || !URL.canParse(resource)) return undefined;
  const { hostname, port, protocol } = new URL(resource);
  const own = Number(port || (protocol === "https:" ? 443 : 80));
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const isServed = urls.some((url) => Number(new URL(url).port) === own);
  return isLocal && !isServed ? own : undefined;
}

/** Prints the block of the start, as soon as it is known what the server offers. */
import { configEntry, serverName } from "../client/config-entry.ts";
import { knownClients } from "../client/known-clients.ts";
import type { Offer } from "../client/offer.ts";
import type { Listening } from "../dev/dev-server.ts";
import { HttpFront } from "../dev/http-front.ts";
import type { DevOptions } from "../dev/options.ts";
import type { ClientEntry, StartBlock } from "../terminal/dev-screen.ts";
import type { DevOutput } from "./dev-output.ts";

export type DevStartOptions = {
  readonly options: DevOptions;
  readonly log: string | undefined;
  readonly output: DevOutput;
};

/** A server that cannot be asked serves all the same. */
const offerTimeoutMs = 1500;

export class DevStart {
  readonly #options: DevStartOptions;
  #waiting: { readonly show: (offer: Offer | undefined) => void; readonly timer: NodeJS.Timeout } | undefined;

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

  offered(offer: Offer | undefined): void {
    if (this.#waiting === undefined) return;
    clearTimeout(this.#waiting.timer);
    const { show } = this.#waiting;
    this.#waiting = undefined;
    show(offer);
  }

  /** What is held back is shown. */
  end(): void {
    this.offered(undefined);
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
      isExposed: http?.isExposed === true,
      clientEntry: isForOthers ? this.#clientEntry() : undefined,
      port: http?.refusedPort,
      offer: offer === undefined ? undefined : counts(offer),
      log,
      durationMs,
      hasKeys,
    });
  }

  #clientEntry(): ClientEntry {
    const { entry } = this.#options.options;
    return { name: serverName(entry.project), ...configEntry(knownClients.claude, entry) };
  }
}

function counts({ tools, resources, resourceTemplates, prompts }: Offer): StartBlock["offer"] {
  return {
    tools: tools.length,
    resources: resources.length,
    templates: resourceTemplates.length,
    prompts: prompts.length,
  };
}

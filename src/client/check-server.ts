/** Loads a server, asks it for what it offers, reads its resources, and collects what is wrong. */
import { relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { FromChild } from "../child/messages.ts";
import { CliError } from "../cli-error.ts";
import type { Entry } from "../dev/entry.ts";
import { addedTwice } from "../dev/name-warnings.ts";
import { CheckedLists, messageOf } from "./checked-lists.ts";
import { connect, type Connection, type ConnectOptions } from "./connect.ts";
import { error, findingsIn, uriOf, warning, type Finding } from "./findings.ts";
import { offerOf, type Offer } from "./offer.ts";

export type ServerCheck = { readonly offer: Offer | undefined; readonly findings: readonly Finding[] };

type Options = Pick<ConnectOptions, "signal" | "headers" | "onOutput" | "overHttp">;

/** How long a resource may take. */
const loadMs = 10_000;
/** More are not read; a thousand files need not be opened to know that one can be. */
const mostLoaded = 100;

export async function checkServer(entry: Entry, options: Options): Promise<ServerCheck> {
  const seen = new Seen(entry.project);
  const { lists } = seen;
  try {
    const connection = await open(entry, options, seen);
    try {
      const offer = await offerOf(connection, (...list) => lists.entries(...list));
      const loads = seen.isCalledByNobody
        ? unloadedFindings(offer)
        : await loadFindings(connection, offer, options.signal);
      return { offer, findings: [...seen.findings(), ...lists.findings, ...findingsIn(offer), ...loads] };
    } finally {
      await connection.close();
    }
  } catch (thrown) {
    options.signal.throwIfAborted();
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const place = thrown instanceof CliError ? thrown.hint : undefined;
    return { offer: undefined, findings: [...seen.findings(), error("server", message, place)] };
  }
}

/**
 * Over stdio, where nobody must prove who he is, unless headers say it; a server of HTTP that refuses stdio is asked over
 * HTTP.
 */
async function open(entry: Entry, options: Options, seen: Seen): Promise<Connection> {
  const start = (overHttp: boolean): Promise<Connection> =>
    connect(
      { kind: "start", entry },
      {
        ...options,
        overHttp,
        root: entry.project,
        onOutput: (line) => {
          seen.printed(line);
          options.onOutput(line);
        },
        onChildMessage: (message) => seen.reported(message),
      },
    );
  if (options.overHttp === true) return start(true);
  try {
    return await start(false);
  } catch (thrown) {
    if (seen.asked !== "httpStream") throw thrown;
    seen.clear();
    return start(true);
  }
}

class Seen {
  asked: "stdio" | "httpStream" | undefined;
  /** A server of HTTP has let us in without knowing who we are, as it would nobody else. */
  isCalledByNobody = false;
  readonly lists = new CheckedLists();
  readonly #project: string;
  #findings: Finding[] = [];
  #noise: Finding[] = [];

  constructor(project: string) {
    this.#project = project;
  }

  clear(): void {
    this.#findings = [];
    this.#noise = [];
    this.isCalledByNobody = false;
  }

  /** What goes to standard output hurts only a server of stdio. */
  findings(): readonly Finding[] {
    return this.asked === "stdio" ? [...this.#findings, ...this.#noise] : this.#findings;
  }

  reported(message: FromChild): void {
    this.lists.reported(message);
    if (message.type === "starting") this.asked = message.asked.transport;
    if (message.type === "duplicate") {
      const { kind, name } = message;
      this.#findings.push(error(`${kind} ${name}`, addedTwice));
    }
    if (message.type === "startedAgain") this.#findings.push(warning("server", "start() is called twice"));
    if (message.type === "noise") {
      const where = message.source === undefined ? "" : `, at ${relative(this.#project, message.source)}`;
      const text = message.text.trim().slice(0, 60);
      this.#noise.push(
        warning("server", `prints "${text}" to standard output, where only the protocol may go${where}`),
      );
    }
  }

  /** FastMCP logs it and goes on without a session. */
  printed(line: string): void {
    const [, why] = /Authentication failed for stdio transport:\s*(.*)$/.exec(line) ?? [];
    if (why === undefined) return;
    if (this.asked !== "stdio") {
      this.isCalledByNobody = true;
      return;
    }
    const message = `authenticate throws over stdio (${why}); FastMCP goes on without a session, open to the caller`;
    this.#findings.push(error("server", message));
  }
}

/** What loads for those who may call the server need not load for nobody. */
function unloadedFindings({ resources }: Offer): Finding[] {
  if (resources.length === 0) return [];
  return [warning("resources", "are not loaded: the server wants to know who calls; say so with -H")];
}

async function loadFindings(
  connection: Connection,
  { resources }: Offer,
  signal: AbortSignal,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const resource of resources.slice(0, mostLoaded)) {
    const uri = uriOf(resource);
    const controller = new AbortController();
    const late = setTimeout(loadMs, "late", { signal: AbortSignal.any([signal, controller.signal]) });
    const loaded = connection.request("resources/read", { uri }).then(() => undefined, messageOf);
    const outcome = await Promise.race([loaded, late.catch(() => undefined)]);
    controller.abort();
    signal.throwIfAborted();
    if (outcome === "late") found.push(error(`resource ${uri}`, `has not loaded within ${loadMs / 1000} s`));
    else if (outcome !== undefined) {
      found.push(error(`resource ${uri}`, `fails to load: ${outcome}`));
    }
  }
  return found;
}

/** Puts requests and their answers together, and remembers what the log tells of the sessions and servers they belong to. */
import type { Entry } from "./decode.ts";
import { OpenCalls } from "./open-calls.ts";
import type {
  LogRecord,
  MetaRecord,
  NotificationRecord,
  RequestRecord,
  ResponseRecord,
  SessionRecord,
} from "./record.ts";

type Stamped<Kind> = LogRecord & Kind;

/** A request with its answer, as far as they are there; or a notification, which has none. */
export type Exchange = {
  readonly log: string;
  readonly asked: Stamped<RequestRecord> | Stamped<NotificationRecord> | undefined;
  readonly answer: Stamped<ResponseRecord> | undefined;
};

type Open = { readonly exchange: Exchange; readonly sizeBytes: number };

/** So much of requests that wait for their answers is held in memory. */
const mostOpenBytes = 64 * 1024 * 1024;
const mostSessions = 100_000;

export class Exchanges {
  readonly #open = new OpenCalls<Open>();
  #openBytes = 0;
  readonly #metas = new Map<string, MetaRecord>();
  readonly #sessions = new Map<string, SessionRecord>();

  /** Takes notice of what is not asked for itself. */
  learn({ record, log }: Entry & { readonly type: "record" }): void {
    if (record.kind === "meta") this.#metas.set(log, record);
    if (record.kind !== "session" || record.session === undefined) return;
    const key = `${log}\n${record.session}`;
    const known = this.#sessions.get(key);
    if (known !== undefined || this.#sessions.size < mostSessions)
      this.#sessions.set(key, { ...known, ...record });
  }

  /** What is complete with this record. */
  add({ record, log, bytes }: Entry & { readonly type: "record" }): Exchange[] {
    if (record.kind === "request")
      return this.#opened({ exchange: { log, asked: record, answer: undefined }, sizeBytes: bytes.length });
    if (record.kind === "notification") return [{ log, asked: record, answer: undefined }];
    if (record.kind !== "response") return [];
    const open = this.#open.take(log, record);
    if (open !== undefined) this.#openBytes -= open.sizeBytes;
    return [{ log, asked: open?.exchange.asked, answer: record }];
  }

  /** Requests that never were answered. */
  rest(): Exchange[] {
    const rest = [...this.#open.values()].map(({ exchange }) => exchange);
    this.#openBytes = 0;
    return rest;
  }

  metaOf({ log }: Exchange): MetaRecord | undefined {
    return this.#metas.get(log);
  }

  sessionOf({ log, asked, answer }: Exchange): SessionRecord | undefined {
    const session = asked?.session ?? answer?.session;
    return session === undefined ? undefined : this.#sessions.get(`${log}\n${session}`);
  }

  #opened(open: Open): Exchange[] {
    const { exchange } = open;
    if (exchange.asked?.kind !== "request") return [];
    const givenUp: Open[] = [];
    this.#openBytes += open.sizeBytes;
    const replaced = this.#open.add(exchange.log, exchange.asked, open);
    if (replaced !== undefined) givenUp.push(replaced);
    while (this.#openBytes - sizeOf(givenUp) > mostOpenBytes) {
      const oldest = this.#open.takeOldest();
      if (oldest === undefined) break;
      givenUp.push(oldest);
    }
    this.#openBytes -= sizeOf(givenUp);
    return givenUp.map((one) => one.exchange);
  }
}

function sizeOf(open: readonly Open[]): number {
  return open.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Who asks. */
export function askerOf({ asked, answer }: Exchange): "client" | "server" {
  if (asked !== undefined) return asked.dir === "c2s" ? "client" : "server";
  return answer?.dir === "s2c" ? "client" : "server";
}

export function startMsOf({ asked, answer }: Exchange): number {
  if (asked !== undefined) return Date.parse(asked.time);
  return answer === undefined ? 0 : Date.parse(answer.time) - answer.duration_ms;
}

/** A value inside a message's body; `undefined` if it is not there, or the body was cut or left out. */
export function inBody(record: LogRecord | undefined, ...keys: readonly string[]): unknown {
  let value: unknown = record !== undefined && "body" in record ? record.body : undefined;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

/** What went wrong, in the words of the server. */
export function errorMessageOf(answer: LogRecord | undefined): string | undefined {
  const message = inBody(answer, "error", "message") ?? inBody(answer, "text");
  const content = inBody(answer, "result", "content");
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const text: unknown =
    typeof first === "object" && first !== null && "text" in first ? first.text : undefined;
  const said = message ?? text;
  return typeof said === "string" ? said : undefined;
}

/** The record: one line of the session log, and the only definition of its fields. */

export const schemaVersion = 1;

export type SessionEvent = "connect" | "ready" | "rootsChanged" | "error" | "disconnect" | "restored";
export type ReloadEvent = "started" | "serving" | "failed" | "lists";
export type Direction = "c2s" | "s2c";
export type TransportName = "stdio" | "http" | "sse";

/** Attributes named by the OpenTelemetry conventions for MCP. */
export type Attributes = {
  readonly "mcp.method.name"?: string;
  /** Only where the protocol has one: Streamable HTTP and HTTP+SSE. */
  readonly "mcp.session.id"?: string;
  readonly "mcp.protocol.version"?: string;
  readonly "mcp.resource.uri"?: string;
  /** Always a string; the body has the id as it was sent. */
  readonly "jsonrpc.request.id"?: string;
  readonly "gen_ai.tool.name"?: string;
  readonly "gen_ai.prompt.name"?: string;
  /**
   * The JSON-RPC code as a string, `tool_error` for a result with `isError`, or an HTTP status as `http_401`; `http_499` is
   * no answer, but says that the client left before there was one.
   */
  readonly "error.type"?: string;
  readonly "network.transport"?: "pipe" | "tcp";
};

type Common = Attributes & {
  /** Our short name of the session, in every record that belongs to one. */
  readonly session?: string;
  readonly generation?: number;
};

export type ClientInfo = { readonly name: string; readonly version: string };

export type MetaRecord = Common & {
  readonly kind: "meta";
  readonly pid: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly project: string;
  readonly entry?: string;
  readonly transport?: TransportName;
  /** Where HTTP clients connect. */
  readonly url?: string;
  readonly versions: { readonly node: string; readonly fastmcp?: string; readonly "create-fastmcp": string };
};

export type SessionRecord = Common & {
  readonly kind: "session";
  readonly event: SessionEvent;
  readonly transport: TransportName;
  readonly client?: ClientInfo;
  /** disconnect: milliseconds since connect. restored: milliseconds that it took. */
  readonly duration_ms?: number;
  /**
   * connect (or ready, if it was known late): `{ identity }`, what `authenticate` returned. rootsChanged: `{ roots }`. error: `{ message, stack? }`.
   * disconnect: `{ reason }`.
   */
  readonly body?: unknown;
};

export type RequestRecord = Common & {
  readonly kind: "request";
  readonly dir: Direction;
  readonly bytes: number;
  readonly body?: unknown;
};

export type ResponseRecord = Common & {
  readonly kind: "response";
  readonly dir: Direction;
  readonly bytes: number;
  /** Milliseconds since its request. */
  readonly duration_ms: number;
  readonly body?: unknown;
};

export type NotificationRecord = Common & {
  readonly kind: "notification";
  readonly dir: Direction;
  readonly bytes: number;
  readonly body?: unknown;
};

export type ReloadTrigger = "crash" | "request";

export type ReloadRecord = Common & {
  readonly kind: "reload";
  readonly event: ReloadEvent;
  readonly generation: number;
  /** Milliseconds since the save (or, for the first generation, since the start). */
  readonly duration_ms?: number;
  /** Files that triggered it, relative to the project. */
  readonly files?: readonly string[];
  /** What triggered it, if it was no start and no save: a crash, or somebody who asked for it. */
  readonly trigger?: ReloadTrigger;
  /**
   * failed: `{ message, stack? , frame? }`. lists: `{ changes, failures?, warnings? }`, what the
   * server offers that is not as before, which lists it answers with an error, and names that clients do not take.
   */
  readonly body?: unknown;
};

/** With --typecheck: what a save did to the types of the project. */
export type TypesRecord = Common & {
  readonly kind: "types";
  /** Errors that came, that went, and how many there are now. */
  readonly body: {
    readonly broken: readonly TypeErrorText[];
    readonly mended: readonly TypeErrorText[];
    readonly left: number;
  };
};

export type TypeErrorText = {
  /** file:line:column, relative to the project. */
  readonly place: string | undefined;
  readonly message: string;
  readonly code: string;
};

export type ErrorRecord = Common & {
  readonly kind: "error";
  /** With the place in the server's code and the source lines around it, where known. */
  readonly body: {
    readonly message: string;
    readonly name?: string;
    readonly stack?: string;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
    readonly frame?: string;
  };
};

/** What the server printed; `noise` is what it printed to standard output in stdio mode, where only the protocol may go. */
export type OutputRecord = Common & {
  readonly kind: "output" | "noise";
  readonly stream: "stdout" | "stderr";
  /** file:line:column of the code that wrote it, where known. */
  readonly source?: string;
  readonly body: string;
};

export type DropRecord = Common & {
  readonly kind: "drop";
  readonly count: number;
  readonly reason: string;
};

/** What a part of the dev server hands to the log. */
export type RecordInput =
  | MetaRecord
  | SessionRecord
  | RequestRecord
  | ResponseRecord
  | NotificationRecord
  | ReloadRecord
  | ErrorRecord
  | TypesRecord
  | OutputRecord
  | DropRecord;

/** What the log adds. */
export type Stamp = {
  readonly v: number;
  /** Counts up by one per writer; a gap is a lost record. */
  readonly seq: number;
  /** UTC, milliseconds, ISO 8601. */
  readonly time: string;
  /** The body was longer than the cap and is cut. */
  readonly truncated?: true;
  /** JSON paths whose values were redacted, such as `params.arguments.token`. */
  readonly redacted?: readonly string[];
};

/** One line of the log as a reader sees it. */
export type LogRecord = Stamp & RecordInput;

/**
 * Takes one record. Never throws, never waits.
 * @param at when it happened, milliseconds since the epoch; now if omitted.
 */
export type Recorder = (record: RecordInput, at?: number) => void;

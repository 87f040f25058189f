/** What the supervisor and a child tell each other over the IPC channel (structured clone). */

/** The child's end of a pipe for what must arrive although the child ends right afterwards, as JSON lines. */
export const promptFd = 3;

/** What a child compiles to be warm. The supervisor removes them if the child was ended meanwhile. */
export function warmFilesOf(temporaryFolder: string, pid: number): readonly string[] {
  return [".mts", ".cts"].map((extension) => `${temporaryFolder}/mcp-dev-${pid}${extension}`);
}

/** Of the URL of `inherited-loader.js`: the loader's own URL. */
export const loaderParameter = "loader";

export type UpstreamTransport = "stdio" | "httpStream";

/** What the server asked `start()` for, with FastMCP's own precedence: options, arguments, environment, defaults. */
export type AskedStart = {
  readonly transport: UpstreamTransport;
  /** Nobody named a transport: stdio is only FastMCP's default. */
  readonly byDefault: boolean;
  readonly host: string;
  readonly port: number;
  /** Neither options, arguments nor environment named the port. */
  readonly portByDefault: boolean;
  /** Path of Streamable HTTP, base path included. */
  readonly endpoint: string;
  readonly stateless: boolean;
  /** TLS files, served by the endpoint instead of the child. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How callers over HTTP prove who they are, if they are asked to. */
  readonly signIn?: "authenticate" | "oauth";
  /** The URL under which callers are told to sign in (RFC 9728), as the server believes that it has it. */
  readonly resource?: string;
  readonly name: string;
  readonly version: string;
};

export type ErrorReport = {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Where a compiler stopped: 1-based line, 0-based column, as esbuild counts. */
  readonly location?: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly lineText?: string;
  };
  /** What caused it, and what it consists of, the nearest first. */
  readonly related?: readonly RelatedError[];
};

/** `cause` of an error, or one of an AggregateError's `errors`. */
export type RelatedError = {
  readonly relation: "cause" | "part";
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
};

export type ChildSessionEvent =
  /** `identity` is what `authenticate` returned, as plain data. */
  | { readonly event: "connect"; readonly identity?: unknown }
  | { readonly event: "ready" }
  | { readonly event: "disconnect" }
  | { readonly event: "rootsChanged"; readonly roots: readonly unknown[] }
  | { readonly event: "error"; readonly error: ErrorReport };

/** `key` as in session events. In the map are structured clones as bytes, by the names of their keepers. */
export type SessionState = { readonly key?: string; readonly states: ReadonlyMap<string, Uint8Array> };

/** Keys that FastMCP's OAuth proxy makes up, undefined where the server names one; always the same number and order. */
export type SignInKeys = readonly (string | Uint8Array | undefined)[];

/** What the server's OAuth proxy wants to know, or to be kept. */
export type SignInCall =
  | { readonly call: "keys"; readonly keys: SignInKeys }
  | { readonly call: "get" | "take" | "delete"; readonly key: string }
  | {
      readonly call: "save";
      readonly key: string;
      readonly value: unknown;
      readonly ttlSeconds: number | undefined;
    };

/** `proxy` tells one from another: what it was configured with. */
export type SignInRequest = SignInCall & { readonly proxy: string; readonly id: number };

/** Of the same id: what was stored, or undefined; the keys to use instead of those made up. */
export type SignInAnswer = { readonly id: number; readonly value?: unknown; readonly keys?: SignInKeys };

/** `held`: the process listens there; `taken`: somebody else does; `free`: the process listens there no more. */
export type PortUse = "held" | "taken" | "free";

export type OfferKind = "tool" | "prompt" | "resource" | "resource template";

export type ListAnswers = {
  /** JSON-RPC answers to `tools/list` and the like, as text; the id is the method. */
  readonly answers: readonly string[];
  /** Where `tools/list` fails: the answer for each tool as if there were no other. */
  readonly alone?: readonly ToolAlone[];
};

export type ToolAlone = { readonly name: string; readonly answer: string };

/** What can be said of a server that does not start. */
export type IdleReport = {
  /** Its process is about to end by itself. */
  readonly ended: boolean;
  /** The entry has not been imported to its end: for longer than usual, or than is likely. */
  readonly importing?: "still" | "long";
  /** It made a FastMCP object. */
  readonly madeServer: boolean;
  /** It imports FastMCP; the part of it for edge runtimes; the official SDK. */
  readonly importsFastMCP: boolean;
  readonly importsEdge: boolean;
  readonly importsSdk: boolean;
  /** Ports that it listens on by other means. */
  readonly ports: readonly number[];
};

export type Imported = {
  /** Absolute paths of the server's own code. */
  readonly files: readonly string[];
  /** URLs of those that are ES modules. */
  readonly modules: readonly string[];
  /** URLs of the packages that the server's own code imports by name. */
  readonly packages: readonly string[];
  /** The names by which it imports them, and the entry. */
  readonly names: readonly ImportedName[];
};

/** What stands in an `import`, and the URL of the module that it stands in; none for the entry. */
export type ImportedName = { readonly specifier: string; readonly parentUrl: string | undefined };

export type FromChild =
  /** Everything that can be loaded and exercised before the entry is. */
  | { readonly type: "warm" }
  /** Of the FastMCP that the entry imports. */
  | { readonly type: "version"; readonly fastmcp: string }
  /** The server called `start()`; it goes on when it is told how to serve, if it does not know. */
  | { readonly type: "starting"; readonly asked: AskedStart }
  /** Requests are answered from now on; `port` is the loopback port of Streamable HTTP. */
  | { readonly type: "serving"; readonly port?: number }
  /** `start()` rejected, or something was thrown that nobody caught. */
  | { readonly type: "failed"; readonly error: ErrorReport }
  /** A port that the server asks for by its own means, beside FastMCP's. */
  | { readonly type: "ownPort"; readonly port: number; readonly use: PortUse }
  /** Nobody caught it but the server's own `uncaughtException` handler, and the process goes on. */
  | { readonly type: "handled"; readonly error: ErrorReport }
  /** `key` is what the relay put into the session's first request; stdio has one session and no key. */
  | ({ readonly type: "session"; readonly key?: string } & ChildSessionEvent)
  | ({ readonly type: "imported" } & Imported)
  /** What a session holds now that a request of it is answered: by the name of who keeps it. */
  | ({ readonly type: "state" } & SessionState)
  /** A session is about to go on in this child, which asks for its state and waits for it. */
  | { readonly type: "restoring"; readonly key?: string }
  /** What that keeper holds for a session cannot be saved, or restored. The name is empty if it has none. */
  | { readonly type: "stateLost"; readonly keeper: string; readonly error: ErrorReport }
  /** Answered with `signIns`. */
  | ({ readonly type: "signIns" } & SignInRequest)
  | ({ readonly type: "lists" } & ListAnswers)
  /** The server has run, or runs for a while, and has not called `start()`. */
  | ({ readonly type: "idle" } & IdleReport)
  /** The server added two of that name, of which FastMCP keeps the later one. */
  | { readonly type: "duplicate"; readonly kind: OfferKind; readonly name: string }
  /** The server called `start()` once more, of the same FastMCP object or of another one; `ignored` if it has no effect. */
  | { readonly type: "startedAgain"; readonly sameServer: boolean; readonly ignored: boolean }
  /** A tool threw what is not meant for its caller, who gets the message alone. */
  | { readonly type: "toolFailed"; readonly error: ErrorReport }
  /** Text that was written to standard output where only the protocol may go. Comes through `promptFd`. */
  | { readonly type: "noise"; readonly text: string; readonly source?: string };

/** Sent first: what the process must look like to the server's code, and to the packages that it imports. */
export type Prepare = {
  readonly type: "prepare";
  /** Absolute path of the entry. */
  readonly entry: string;
  /** URL of what lets Node run TypeScript. */
  readonly loader: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Standard output may turn out to carry the protocol. */
  readonly guardStdout: boolean;
  /** Whether there is time to warm up; otherwise `run` follows at once. */
  readonly warmUp: boolean;
  /** What the last child imported; no names where they may stand for another file after any save. */
  readonly imported: Omit<Imported, "files">;
};

/** How a server serves, whatever it asks for. */
export type Serve = {
  readonly transport: UpstreamTransport;
  readonly host: string;
  readonly port: number;
};

export type ToChild =
  | Prepare
  /** That file is being saved, and what it holds now is likely to be imported soon. */
  | { readonly type: "saving"; readonly file: string }
  /** Import the entry now. `serve`, once a child has served: as that one, without being told again. */
  | { readonly type: "run"; readonly serve?: Serve }
  /** The answer to `restoring`. */
  | ({ readonly type: "state" } & SessionState)
  /** The answer to `signIns`. */
  | ({ readonly type: "signIns" } & SignInAnswer)
  /** The answer to `starting`, unless `run` said it. */
  | ({ readonly type: "serve" } & Serve);

/** Header by which the relay names the session that an HTTP request opens; the server never sees it. */
export const sessionKeyHeader = "x-mcp-dev-session";
/** The key of a session that no client has, and that nobody is told of. */
export const rehearsalKey = "rehearsal";
/** The key of a session whose client speaks to the process itself, without the endpoint. */
export const singleKey = "single";
/** Header that carries the session id which a restored session goes on with; the server never sees it. */
export const restoredIdHeader = "x-mcp-dev-restored-id";

/** What a client established in its session: all that a new child must be told so that the session goes on in it. */
import {
  asId,
  asString,
  at,
  isObject,
  type Id,
  type Message,
  type Notification,
  type Request,
  type Response,
} from "./json-rpc.ts";

export class Established {
  /** The client's `initialize`; once it was answered the session exists. */
  initialize: Request | undefined;
  #initialized: Notification | undefined;
  #logLevel: Request | undefined;
  readonly #subscriptions = new Map<string, Request>();
  /** The client's last answer to `roots/list`, as long as it has announced no change since. */
  roots: unknown;
  protocolVersion: string | undefined;

  /** The client's name and version, as it said in `initialize`. */
  get client(): { name: string; version: string } | undefined {
    const info = at(this.initialize?.params, "clientInfo");
    const name = asString(at(info, "name"));
    return name === undefined ? undefined : { name, version: asString(at(info, "version")) ?? "" };
  }

  /** Follows the client's notifications. */
  noted(notification: Notification): void {
    if (notification.method === "notifications/initialized") this.#initialized = notification;
    if (notification.method === "notifications/roots/list_changed") this.roots = undefined;
  }

  /** Follows what the server answered to the client's requests; only what it accepted was established. */
  answered(request: Request, response: Response): void {
    if (response.error !== undefined) return;
    const uri = asString(at(request.params, "uri"));
    switch (request.method) {
      case "initialize":
        this.initialize = request;
        this.protocolVersion = asString(at(response.result, "protocolVersion"));
        break;
      case "logging/setLevel":
        this.#logLevel = request;
        break;
      case "resources/subscribe":
        if (uri !== undefined) this.#subscriptions.set(uri, request);
        break;
      case "resources/unsubscribe":
        if (uri !== undefined) this.#subscriptions.delete(uri);
        break;
      default:
    }
  }

  /** Follows what the client answered to the server's requests. */
  clientAnswered(method: string, response: Response): void {
    if (method === "roots/list" && isObject(response.result)) this.roots = response.result;
  }

  /** The requests and notifications that restore the session, `initialize` first. `nextId` names our own requests. */
  replay(nextId: () => Id): readonly Message[] {
    if (this.initialize === undefined) return [];
    const own = (request: Request): Request => ({ ...request, id: nextId() });
    return [
      own(this.initialize),
      ...(this.#initialized === undefined ? [] : [this.#initialized]),
      ...(this.#logLevel === undefined ? [] : [own(this.#logLevel)]),
      ...[...this.#subscriptions.values()].map(own),
    ];
  }
}

/** Whether a request, once it is answered, changes what later children must be told. */
export function establishes({ method }: Request): boolean {
  return (
    method === "logging/setLevel" || method === "resources/subscribe" || method === "resources/unsubscribe"
  );
}

/** The request that a client's `notifications/cancelled` withdraws. */
export function cancelledRequest(message: Message): Id | undefined {
  if (!("method" in message) || message.method !== "notifications/cancelled") return undefined;
  return asId(at(message.params, "requestId"));
}

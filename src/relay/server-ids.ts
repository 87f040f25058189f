/**
 * Keeps the ids of the server's own requests (sampling, elicitation, roots) apart between generations: every child
 * counts from 0, and a client may still be answering the old one. The first generation's ids stay as they are.
 */
import { asId, at, isObject, type Id, type Notification, type Request } from "./json-rpc.ts";

const prefix = /^g(\d+):(.*)$/s;

export function toClientId(generation: number, id: Id): Id {
  return generation === 1 ? id : `g${generation}:${JSON.stringify(id)}`;
}

/** Which child asked, and what it called its request. */
export function fromClientId(id: Id): { readonly generation: number; readonly id: Id } {
  const match = typeof id === "string" ? prefix.exec(id) : null;
  const own = match === null ? undefined : asId(parse(match[2] ?? ""));
  return match === null || own === undefined
    ? { generation: 1, id }
    : { generation: Number(match[1]), id: own };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The request as the client may see it: its id, and the progress token, which the SDK makes from the id. */
export function toClientRequest(generation: number, request: Request): Request {
  if (generation === 1) return request;
  const token = asId(at(request.params, "_meta", "progressToken"));
  const meta = request.params?.["_meta"];
  return {
    ...request,
    id: toClientId(generation, request.id),
    ...(token === undefined || !isObject(meta)
      ? {}
      : { params: { ...request.params, _meta: { ...meta, progressToken: toClientId(generation, token) } } }),
  };
}

/** The server withdraws its own request: `notifications/cancelled` names it in `requestId`. */
export function toClientNotification(generation: number, notification: Notification): Notification {
  if (generation === 1 || notification.method !== "notifications/cancelled") return notification;
  const id = asId(at(notification.params, "requestId"));
  if (id === undefined) return notification;
  return { ...notification, params: { ...notification.params, requestId: toClientId(generation, id) } };
}

/** The client's progress on a server's request, if it is one: which child it is for, and as that child knows it. */
export function fromClientProgress(
  notification: Notification,
): { readonly generation: number; readonly notification: Notification } | undefined {
  if (notification.method !== "notifications/progress") return undefined;
  const token = asId(at(notification.params, "progressToken"));
  if (token === undefined) return undefined;
  const { generation, id } = fromClientId(token);
  return {
    generation,
    notification: { ...notification, params: { ...notification.params, progressToken: id } },
  };
}

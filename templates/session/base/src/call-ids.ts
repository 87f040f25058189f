/** The ids that tie a call to its session, its request and the lines about it in a log. */
import { randomUUID } from "node:crypto";

export type CallIds = {
  readonly sessionId: string | null;
  /** What the client sent as `_meta.requestId`. Few do, and FastMCP does not pass on the JSON-RPC id. */
  readonly requestId: string | null;
  /** Made here, so that there always is one. */
  readonly operationId: string;
};

export function callIds(context: {
  readonly sessionId?: string | undefined;
  readonly requestId?: string | undefined;
}): CallIds {
  return {
    sessionId: context.sessionId ?? null,
    requestId: context.requestId ?? null,
    operationId: randomUUID(),
  };
}

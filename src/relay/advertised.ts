/**
 * What the endpoint adds to a server's answers, so that a later save can bring what the server does not have yet:
 * the capabilities for all lists, with `listChanged`, and an empty list where the server implements none.
 */
import { at, isObject, type Request, type Response } from "./json-rpc.ts";
import { isListMethod, lists } from "./lists.ts";

/** JSON-RPC 2.0, section 5.1. */
const methodNotFoundCode = -32601;

/** What a FastMCP server advertises as soon as it has one. */
const broughtBySave = {
  tools: {},
  prompts: {},
  resources: { subscribe: true },
} as const;

/** The answer as the client gets it: the same object where nothing is added. */
export function answerForClient(request: Request, response: Response): Response {
  if (request.method === "initialize") return advertised(response);
  if (isListMethod(request.method) && response.error?.code === methodNotFoundCode)
    return { jsonrpc: "2.0", id: response.id, result: { [lists[request.method].key]: [] } };
  return response;
}

function advertised(response: Response): Response {
  const { result } = response;
  if (!isObject(result)) return response;
  const said = at(result, "capabilities");
  const capabilities: Record<string, unknown> = isObject(said) ? { ...said } : {};
  let isComplete = true;
  for (const [name, brought] of Object.entries(broughtBySave)) {
    const own = capabilities[name];
    if (at(own, "listChanged") === true) continue;
    capabilities[name] = { ...(isObject(own) ? own : brought), listChanged: true };
    isComplete = false;
  }
  return isComplete ? response : { ...response, result: { ...result, capabilities } };
}

/** Why a server answers one of its lists with an error, in words. */
import type { ToolAlone } from "../child/messages.ts";
import { isResponse, parseMessages, type Response } from "../relay/json-rpc.ts";
import { entriesOf, type Entry, type ListMethod } from "../relay/lists.ts";

export type ListFailure = {
  readonly method: ListMethod;
  /** As the server answers it. */
  readonly code: number;
  /** `tools/list fails: tool when: Date cannot be represented in JSON Schema`. */
  readonly message: string;
};

/** A tool that cannot be listed, and why. */
export type ToolFault = { readonly name: string; readonly message: string };

const mostFaults = 5;

export function listFailure(
  method: ListMethod,
  { error }: Response,
  alone: readonly ToolAlone[],
): ListFailure {
  const { code = 0, message: general = "the answer is no list" } = error ?? {};
  const faults = method === "tools/list" ? apart(alone).faults : [];
  const more = faults.length - mostFaults;
  const texts = faults.slice(0, mostFaults).map(({ name, message }) => `tool ${name}: ${message}`);
  const why = texts.length === 0 ? general : texts.join("; ");
  return { method, code, message: `${method} fails: ${why}${more > 0 ? `; and ${more} more` : ""}` };
}

/** The tools that can be listed, and those that cannot. */
export function apart(alone: readonly ToolAlone[]): {
  readonly tools: readonly Entry[];
  readonly faults: readonly ToolFault[];
} {
  const answers = alone.flatMap(({ name, answer }) => {
    const response = responseIn(answer);
    return response === undefined ? [] : [{ name, response }];
  });
  return {
    tools: answers.flatMap(({ response }) => entriesOf("tools/list", response) ?? []),
    faults: answers.flatMap(({ name, response: { error } }) =>
      error === undefined ? [] : [{ name, message: error.message }],
    ),
  };
}

export function responseIn(text: string): Response | undefined {
  const [message] = parseMessages(text) ?? [];
  return message !== undefined && isResponse(message) ? message : undefined;
}

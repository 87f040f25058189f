/**
 * Says in the id of an event which child sent it, and whether in answer to a call: a client that comes back names the
 * last one it got. The ids of the first child's session streams stay as they are.
 */

export type EventOrigin = {
  readonly generation: number;
  /** A call's own stream (POST), or the session's (GET). */
  readonly stream: "call" | "session";
  /** As the child knows it. */
  readonly id: string;
};

const mostFinal = 100;
const prefix = /^g(\d+)(c?):/;

export function toClientEventId({ generation, stream, id }: EventOrigin): string {
  if (generation === 1 && stream === "session") return id;
  return `g${generation}${stream === "call" ? "c" : ""}:${id}`;
}

export function fromClientEventId(id: string): EventOrigin {
  const match = prefix.exec(id);
  if (match === null) return { generation: 1, stream: "session", id };
  return {
    generation: Number(match[1]),
    stream: match[2] === "c" ? "call" : "session",
    id: id.slice(match[0].length),
  };
}

/** Ids of events behind which the endpoint itself has answered, for a child that is gone: no child has more. The latest ones. */
export class FinalEvents {
  readonly #ids = new Set<string>();

  add(id: string): void {
    const [oldest] = this.#ids;
    if (this.#ids.size >= mostFinal && oldest !== undefined) this.#ids.delete(oldest);
    this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}

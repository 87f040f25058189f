/**
 * Says in the id of an event which child sent it, and whether in answer to a call: a client that comes back names the
 * last one it got. The ids of the first child's session streams stay as they are.
 */

export type EventOrigin = {
  readonly generation: number;
  /** A call's own stream (POST), the session's (GET), or how the endpoint itself has ended a call's, for a child that is gone. */
  readonly stream: keyof typeof marks;
  /** As the child knows it. */
  readonly id: string;
};

const marks = { session: "", call: "c", end: "e" } as const;
const prefix = /^g(\d+)([ce]?):/;

export function toClientEventId({ generation, stream, id }: EventOrigin): string {
  if (generation === 1 && stream === "session") return id;
  return `g${generation}${marks[stream]}:${id}`;
}

export function fromClientEventId(id: string): EventOrigin {
  const match = prefix.exec(id);
  if (match === null) return { generation: 1, stream: "session", id };
  const stream = match[2] === "c" ? "call" : match[2] === "e" ? "end" : "session";
  return { generation: Number(match[1]), stream, id: id.slice(match[0].length) };
}

/** The id of what the endpoint itself says behind an event of a call's stream. */
export function endEventId(lastEvent: string): string {
  return toClientEventId({ ...fromClientEventId(lastEvent), stream: "end" });
}

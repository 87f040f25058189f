/** Keeps what each session held when its last request was answered, for the child that the session goes on in. */
import type { FromChild, SessionState } from "../child/messages.ts";

type Kept = { readonly generation: number; readonly states: SessionState["states"] };

const nothing: SessionState["states"] = new Map();

/** Over stdio there is one session, without a key. */
const stdioKey = "";

export class SessionStates {
  readonly #kept = new Map<string, Kept>();

  /** A child has answered a request. What a replaced child still answers comes too late: the session has gone on. */
  save({ key = stdioKey, states }: SessionState, generation: number): void {
    const known = this.#kept.get(key);
    if (known !== undefined && known.generation > generation) return;
    if (states.size > 0 || known !== undefined) this.#kept.set(key, { generation, states });
  }

  /** The session goes on in that child, with this. */
  handOver(key: string | undefined, generation: number): SessionState {
    const { states } = this.#kept.get(key ?? stdioKey) ?? { states: nothing };
    this.#kept.set(key ?? stdioKey, { generation, states });
    return { ...(key === undefined ? {} : { key }), states };
  }

  /** The session ended, and not only in a child that was replaced. */
  drop(key: string | undefined): void {
    this.#kept.delete(key ?? stdioKey);
  }
}

export function stateLostReason({ keeper, error }: Extract<FromChild, { type: "stateLost" }>): string {
  const whose = keeper === "" ? "" : ` of '${keeper}'`;
  return `session state${whose} cannot be handed over at a reload: ${error.message}`;
}

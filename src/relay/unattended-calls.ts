/**
 * Calls whose client has lost their stream, and may come back for the rest. The child's stream is read on meanwhile, to learn
 * when the call is over: until then the child is not ended. What else comes, the child repeats for the client that is back.
 */
import type { Departure } from "./departure.ts";

/** `lastEvent`: the id of the last event that was on its way to the client. */
type Reading = { readonly generation: number; readonly lastEvent: string };

export class UnattendedCalls {
  readonly #readings = new Map<Departure, Reading>();

  /** `hangUp` ends the child's stream. */
  add(hangUp: Departure, reading: Reading): void {
    this.#readings.set(hangUp, reading);
  }

  /** The child's stream is over. */
  delete(hangUp: Departure): void {
    this.#readings.delete(hangUp);
  }

  /** The client is back with that event: a child has one reader of a stream. Of several the client may have got fewer events. */
  takeUp(generation: number, lastEvent: string): void {
    const ofChild = [...this.#readings].filter(([, reading]) => reading.generation === generation);
    const same = ofChild.filter(([, reading]) => reading.lastEvent === lastEvent);
    for (const [hangUp] of same.length > 0 ? same : ofChild) {
      this.#readings.delete(hangUp);
      hangUp.abort();
    }
  }
}

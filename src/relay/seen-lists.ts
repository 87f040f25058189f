/** Which lists a client has asked for and what it was told, so that it hears of a list that is another one after a reload. */
import { createHash } from "node:crypto";
import { answerForClient } from "./advertised.ts";
import { asString, at, type Request, type Response } from "./json-rpc.ts";
import { entriesOf, isListMethod, lists, nextCursor, type Entry, type ListMethod } from "./lists.ts";

type Seen = {
  /** Of each entry a digest: five hundred clients may have been told a hundred entries each. */
  readonly digests: readonly string[];
  readonly pages: number;
  /** Where the client's next page begins; `undefined` if it has seen the whole list. */
  readonly cursor: string | undefined;
  /** The child that said so, or the last one that said the same. */
  readonly generation: number;
  /** The client was told that the list is another one by now, and has not asked since. */
  readonly isOutdated: boolean;
};

/** Asks the new child in this session; rejects if it cannot answer. */
export type Ask = (request: Request) => Promise<Response>;

/** A list of more pages than this is not compared. */
const mostPages = 50;

export class SeenLists {
  readonly #seen = new Map<ListMethod, Seen>();
  #asked = 0;
  /** A replaced child answered: the list may be another one already. */
  onStale: (() => void) | undefined;

  /** The client gets this answer of that child. */
  answered({ method, params }: Request, response: Response, generation: number): void {
    if (!isListMethod(method)) return;
    const entries = entriesOf(method, response);
    if (entries === undefined) return;
    const cursor = asString(at(params, "cursor"));
    const before = cursor === undefined ? undefined : this.#seen.get(method);
    // A page that does not follow what was seen, such as one that is asked for twice, adds nothing.
    if (cursor !== undefined && before?.cursor !== cursor) return;
    this.#seen.set(method, {
      digests: [...(before?.digests ?? []), ...entries.map(digest)],
      pages: (before?.pages ?? 0) + 1,
      cursor: nextCursor(response),
      generation: Math.min(generation, before?.generation ?? generation),
      isOutdated: before?.isOutdated ?? false,
    });
  }

  /** The client is told this, by the server itself or by the endpoint. */
  told(notification: string): void {
    for (const [method, seen] of this.#seen) {
      if (lists[method].changed === notification) this.#seen.set(method, { ...seen, isOutdated: true });
    }
  }

  /** What it was told may have been lost with its last connection. */
  reconnected(): void {
    for (const [method, seen] of this.#seen) {
      if (seen.isOutdated) this.#seen.set(method, { ...seen, generation: 0, isOutdated: false });
    }
  }

  /**
   * The notifications for those lists that are not what the client knows, now that this child serves.
   * Rejects when `ask` does.
   */
  async changed(generation: number, ask: Ask): Promise<readonly string[]> {
    const changed = new Set<string>();
    for (const [method, { pages, cursor, ...before }] of [...this.#seen]) {
      const notification = lists[method].changed;
      if (before.generation === generation || before.isOutdated || changed.has(notification)) continue;
      // Of a list that the client has not seen to its end, what lies behind is no news.
      const now = await this.#digests(method, cursor === undefined ? undefined : pages, ask);
      // The client may have asked for it meanwhile, or have been told.
      const seen = this.#seen.get(method);
      if (now === undefined || seen === undefined || seen.isOutdated) continue;
      if (sameEntries(seen.digests, now)) this.#seen.set(method, { ...seen, generation });
      else changed.add(notification);
    }
    return [...changed];
  }

  /** The first `pages` of the list as it is now, or all; `undefined` if the child cannot say. */
  async #digests(
    method: ListMethod,
    pages: number | undefined,
    ask: Ask,
  ): Promise<readonly string[] | undefined> {
    const digests: string[] = [];
    let cursor: string | undefined;
    for (let page = 1; page <= mostPages; page++) {
      const request = this.#request(method, cursor);
      const answer = answerForClient(request, await ask(request));
      const entries = entriesOf(method, answer);
      if (entries === undefined) return undefined;
      digests.push(...entries.map(digest));
      cursor = nextCursor(answer);
      if (cursor === undefined || page === pages) return digests;
    }
    return undefined;
  }

  #request(method: ListMethod, cursor: string | undefined): Request {
    const id = `create-fastmcp:lists:${++this.#asked}`;
    return { jsonrpc: "2.0", id, method, ...(cursor === undefined ? {} : { params: { cursor } }) };
  }
}

/** The order of entries does not count. */
function sameEntries(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && [...before].sort().join() === [...after].sort().join();
}

function digest(entry: Entry): string {
  return createHash("sha1").update(JSON.stringify(entry)).digest("base64");
}

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
  /** The child that the digests are of. */
  readonly generation: number;
};

/** Asks the new child in this session; rejects if it cannot answer. */
export type Ask = (request: Request) => Promise<Response>;

/** Stands for the entries of a list that is answered with an error. */
const failing: readonly string[] = ["failing"];

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
    const cursor = asString(at(params, "cursor"));
    if (entries === undefined) {
      if (cursor === undefined)
        this.#seen.set(method, { digests: failing, pages: 1, cursor: undefined, generation });
      return;
    }
    const before = cursor === undefined ? undefined : this.#seen.get(method);
    // A page that does not follow what was seen, such as one that is asked for twice, adds nothing.
    if (cursor !== undefined && before?.cursor !== cursor) return;
    this.#seen.set(method, {
      digests: [...(before?.digests ?? []), ...entries.map(digest)],
      pages: (before?.pages ?? 0) + 1,
      cursor: nextCursor(response),
      generation: Math.min(generation, before?.generation ?? generation),
    });
  }

  /**
   * Compares what the client knows with that child, and tells it of each list that is another one there. From then on
   * the client counts as knowing that one: it may ask for it at any time.
   * @param tell returns false if the client cannot be told any more. Rejects when `ask` does.
   */
  async compare(generation: number, ask: Ask, tell: (notification: string) => boolean): Promise<void> {
    const told = new Set<string>();
    for (const [method, before] of [...this.#seen]) {
      if (before.generation === generation) continue;
      // Of a list that the client has not seen to its end, what lies behind is no news.
      const digests = await this.#digests(
        method,
        before.cursor === undefined ? undefined : before.pages,
        ask,
      );
      // The client may have asked for it meanwhile.
      const seen = this.#seen.get(method);
      if (digests === undefined || seen === undefined || seen.generation === generation) continue;
      const { changed } = lists[method];
      if (!told.has(changed) && !sameEntries(seen.digests, digests)) {
        if (!tell(changed)) return;
        told.add(changed);
      }
      this.#seen.set(method, { ...seen, digests, generation });
    }
  }

  /** The first `pages` of the list as it is now, or all; `undefined` if it has no end. */
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
      if (entries === undefined) return failing;
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

/** What a client knows of the server's lists, and of which it is told after a reload. */
import { expect, test } from "vitest";
import type { Request, Response } from "../../../src/relay/json-rpc.ts";
import { entriesOf, isListMethod, lists } from "../../../src/relay/lists.ts";
import { SeenLists } from "../../../src/relay/seen-lists.ts";

/** Pages of names by method. */
type Offer = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Answers as a server that offers this, its cursors being the numbers of pages. */
function answering(offer: Offer): (request: Request) => Response {
  return ({ id, method, params }) => {
    const pages = offer[method];
    if (pages === undefined || !isListMethod(method))
      return { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } };
    const page = Number(params?.["cursor"] ?? 0);
    const entries = (pages[page] ?? []).map((name) => ({ [lists[method].id]: name }));
    const more = page + 1 < pages.length ? { nextCursor: String(page + 1) } : {};
    return { jsonrpc: "2.0", id, result: { [lists[method].key]: entries, ...more } };
  };
}

class Client {
  readonly seen = new SeenLists();
  readonly told: string[] = [];
  readonly asked: Request[] = [];
  isThere = true;

  list(method: string, offer: Offer, generation = 1, cursor?: string): void {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const request: Request = { jsonrpc: "2.0", id: 1, method, ...params };
    this.seen.answered(request, answering(offer)(request), generation);
  }

  /** Returns of what it is told when this child serves. */
  async reload(generation: number, offer: Offer, meanwhile?: () => void): Promise<string[]> {
    const ask = (request: Request): Promise<Response> => {
      this.asked.push(request);
      meanwhile?.();
      return Promise.resolve(answering(offer)(request));
    };
    const before = this.told.length;
    await this.seen.compare(generation, ask, (notification) => {
      if (this.isThere) this.told.push(notification);
      return this.isThere;
    });
    return this.told.slice(before);
  }
}

const toolsChanged = "notifications/tools/list_changed";
const resourcesChanged = "notifications/resources/list_changed";
const tools = (...pages: readonly (readonly string[])[]): Offer => ({ "tools/list": pages });

test("who has asked for nothing is told nothing, and the child not asked", async () => {
  const client = new Client();
  expect(await client.reload(2, tools(["a"]))).toEqual([]);
  expect(client.asked).toEqual([]);
});

test("the same list in another order is no news; another one is, once", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a", "b"]));
  expect(await client.reload(2, tools(["b", "a"]))).toEqual([]);
  expect(await client.reload(3, tools(["a"]))).toEqual([toolsChanged]);
  expect(await client.reload(3, tools(["a"]))).toEqual([]);
  expect(await client.reload(4, tools(["a"]))).toEqual([]);
  expect(await client.reload(5, tools(["a", "c"]))).toEqual([toolsChanged]);
  expect(new Set(client.asked.map(({ id }) => id)).size).toBe(client.asked.length);
});

test("the first and the last entry", async () => {
  const client = new Client();
  client.list("tools/list", tools([]));
  expect(await client.reload(2, tools(["a"]))).toEqual([toolsChanged]);
  client.list("tools/list", tools(["a"]), 2);
  // A server without any does not know the method.
  expect(await client.reload(3, {})).toEqual([toolsChanged]);
});

test("resources and templates share one notification", async () => {
  const client = new Client();
  const offer = (resource: string, template: string): Offer => ({
    "resources/list": [[resource]],
    "resources/templates/list": [[template]],
  });
  client.list("resources/list", offer("a", "t"));
  client.list("resources/templates/list", offer("a", "t"));
  expect(await client.reload(2, offer("b", "u"))).toEqual([resourcesChanged]);
  // A client that then asks for resources alone still hears of the next template.
  client.list("resources/list", offer("b", "u"), 2);
  expect(await client.reload(3, offer("b", "v"))).toEqual([resourcesChanged]);
});

test("a list of many pages is compared as a whole, however it is cut", async () => {
  const client = new Client();
  const offer = tools(["a", "b"], ["c"]);
  client.list("tools/list", offer);
  client.list("tools/list", offer, 1, "1");
  // Asked for twice: no news.
  client.list("tools/list", offer, 1, "1");
  expect(await client.reload(2, tools(["a"], ["b", "c"]))).toEqual([]);
  expect(await client.reload(3, tools(["a"], ["b", "d"]))).toEqual([toolsChanged]);
});

test("of a list that was read to its first page, the first page counts", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"], ["b"]));
  expect(await client.reload(2, tools(["a"], ["c"]))).toEqual([]);
  expect(await client.reload(3, tools(["d"], ["c"]))).toEqual([toolsChanged]);
});

test("a list without end is given up", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"]));
  const endless = tools(...Array.from({ length: 1000 }, (_, page) => [`tool ${page}`]));
  expect(await client.reload(2, endless)).toEqual([]);
  expect(client.asked.length).toBeLessThan(100);
});

test("who asks the new child while it is asked for him knows already", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"]));
  const asksItself = (): void => client.list("tools/list", tools(["b"]), 2);
  expect(await client.reload(2, tools(["b"]), asksItself)).toEqual([]);
});

test("an answer of the old child that comes late is compared again", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"]));
  expect(await client.reload(2, tools(["b"]))).toEqual([toolsChanged]);
  client.list("tools/list", tools(["a"]), 1);
  expect(await client.reload(2, tools(["b"]))).toEqual([toolsChanged]);
});

test("who cannot be told now is told later", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"]));
  client.isThere = false;
  expect(await client.reload(2, tools(["b"]))).toEqual([]);
  client.isThere = true;
  expect(await client.reload(2, tools(["b"]))).toEqual([toolsChanged]);
});

/** Answers every request with an error. */
const failing = ({ id }: Request): Response => ({
  jsonrpc: "2.0",
  id,
  error: { code: -32603, message: "no schema" },
});

test("a list that is answered with an error is news, and so is one that is there again; each once", async () => {
  const client = new Client();
  client.list("tools/list", tools(["a"]));
  const told: string[] = [];
  const reload = (generation: number): Promise<void> =>
    client.seen.compare(
      generation,
      (request) => Promise.resolve(failing(request)),
      (notification) => told.push(notification) > 0,
    );
  await reload(2);
  expect(told).toEqual([toolsChanged]);
  await reload(3);
  expect(told).toEqual([toolsChanged]);
  expect(await client.reload(4, tools(["a"]))).toEqual([toolsChanged]);
});

test("who has only ever got an error is told of the list that is mended", async () => {
  const client = new Client();
  const request: Request = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  client.seen.answered(request, failing(request), 1);
  expect(await client.reload(2, tools([]))).toEqual([toolsChanged]);
});

test("an error in answer to a later page leaves what was seen as it is", async () => {
  const client = new Client();
  const offer = tools(["a"], ["b"]);
  client.list("tools/list", offer);
  const request: Request = { jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor: "1" } };
  client.seen.answered(request, failing(request), 1);
  expect(await client.reload(2, offer)).toEqual([]);
  expect(entriesOf("tools/list", { jsonrpc: "2.0", id: 1, result: null })).toBeUndefined();
});

/** In which order, and how many at a time, the lists of sessions are compared. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Generations } from "../../../src/relay/generations.ts";
import type { Request, Response } from "../../../src/relay/json-rpc.ts";
import { ListWatch, type Watched } from "../../../src/relay/list-watch.ts";
import { SeenLists } from "../../../src/relay/seen-lists.ts";

type Child = { readonly generation: number };

const listing: Request = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const answer = (...names: readonly string[]): Response => ({
  jsonrpc: "2.0",
  id: 1,
  result: { tools: names.map((name) => ({ name })) },
});

/** Knows the tool `a` of the first child; asks when a test lets it. */
class FakeSession implements Watched<Child> {
  readonly lists = new SeenLists();
  readonly told: number[] = [];
  isListening = true;
  answer: ((response: Response) => void) | undefined;
  fail: ((error: Error) => void) | undefined;

  constructor() {
    this.lists.answered(listing, answer("a"), 1);
  }

  ask(): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  }

  tell(_method: string, generation: number): void {
    this.told.push(generation);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watching(count: number) {
  const generations = new Generations<Child>({ waitTimeoutMs: 1000, waitingMax: 10 });
  const watch = new ListWatch(generations);
  const sessions = Array.from({ length: count }, () => new FakeSession());
  const serve = async (generation: number): Promise<void> => {
    generations.use({ generation });
    for (const session of sessions) watch.look(session);
    await vi.runAllTimersAsync();
  };
  const asking = (): FakeSession[] => sessions.filter((session) => session.answer !== undefined);
  return { generations, watch, sessions, serve, asking };
}

test("all are compared, a few at a time", async () => {
  const { sessions, serve, asking } = watching(20);
  await serve(2);
  expect(asking().length).toBeLessThan(5);
  for (const session of sessions) {
    await vi.runAllTimersAsync();
    session.answer?.(answer("a", "b"));
  }
  await vi.runAllTimersAsync();
  expect(sessions.every(({ told }) => told.length === 1)).toBe(true);
});

test("what was found out of a child that serves no more is told to nobody", async () => {
  const { sessions, serve } = watching(1);
  const [session] = sessions;
  await serve(2);
  session?.answer?.(answer("a"));
  await serve(3);
  const { answer: late } = session ?? {};
  await serve(4);
  late?.(answer("b"));
  await vi.runAllTimersAsync();
  expect(session?.told).toEqual([]);
  session?.answer?.(answer("b"));
  await vi.runAllTimersAsync();
  expect(session?.told).toEqual([4]);
});

test("a session that fails or has left does not hold up the others", async () => {
  const { sessions, serve } = watching(6);
  for (const session of sessions.slice(0, 2)) session.isListening = false;
  await serve(2);
  for (const session of sessions.slice(2, 4)) session.fail?.(new Error("gone"));
  await vi.runAllTimersAsync();
  for (const session of sessions.slice(4)) session.answer?.(answer("b"));
  await vi.runAllTimersAsync();
  expect(sessions.map(({ told }) => told.length)).toEqual([0, 0, 0, 0, 1, 1]);
});

test("a child that never answers does not keep the next one waiting", async () => {
  const { sessions, serve } = watching(3);
  await serve(2);
  for (const session of sessions) session.answer = undefined;
  await serve(3);
  for (const session of sessions) {
    await vi.runAllTimersAsync();
    session.answer?.(answer("b"));
  }
  await vi.runAllTimersAsync();
  expect(sessions.map(({ told }) => told)).toEqual([[3], [3], [3]]);
});

test("the end of a replaced child ends nothing", async () => {
  const { generations, watch, sessions } = watching(1);
  generations.use({ generation: 1 });
  generations.use({ generation: 2 });
  for (const session of sessions) watch.look(session);
  generations.lose(1, "replaced");
  await vi.runAllTimersAsync();
  sessions[0]?.answer?.(answer("b"));
  await vi.runAllTimersAsync();
  expect(sessions[0]?.told).toEqual([2]);
});

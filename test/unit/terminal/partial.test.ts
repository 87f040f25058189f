/** What is said where a part of the story is not there: cut off at the end, or left out by a filter. */
import { expect, it } from "vitest";
import { connect, disconnect, exchange, screen } from "./screen.ts";

const [request, response] = exchange({ params: { name: "add" } });

it("shows at the end what still waits for its answer, once", () => {
  const { show, waiting } = screen();
  expect(show(connect(), request)).toHaveLength(1);
  expect(waiting()).toEqual([expect.stringMatching(/s1 {2}→ tools\/call add +– {2}no answer yet$/)]);
  expect(waiting()).toEqual([]);
});

it("waits for nothing that was answered, nor for what is never shown", () => {
  const { show, waiting } = screen();
  show(...exchange({}), exchange({ method: "ping" })[0]);
  expect(waiting()).toEqual([]);
});

it("counts no calls and misses no answers that a filter left out", () => {
  const { show, waiting } = screen({ isPartial: true });
  expect(show(connect(), request, disconnect())[1]).toMatch(/disconnect {2}4\.2 s · closed by the client$/);
  show(connect(), request);
  expect(waiting()).toEqual([expect.stringMatching(/answer not shown$/)]);
});

it("counts the calls where all of the session was seen", () => {
  expect(screen().show(connect(), request, response, disconnect()).at(-1)).toMatch(/ · 1 call · /);
});

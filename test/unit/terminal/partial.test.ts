/** What is said where a part of the story is not there: cut off at the end, or left out by a filter. */
import { describe, expect, it } from "vitest";
import { connect, disconnect, exchange, noon, notification, screen } from "./screen.ts";

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

describe("what a filter left out ends the calls that it left", () => {
  it("a call that its client withdrew", () => {
    const { show, hear, waiting } = screen({ isPartial: true });
    show(request);
    const withdrawn = notification("notifications/cancelled", { requestId: 1 }, "c2s");
    expect(hear(notification("notifications/cancelled", { requestId: 2 }, "c2s"))).toEqual([]);
    expect(hear(withdrawn)).toEqual([expect.stringMatching(/cancelled.*tools\/call add/)]);
    expect([hear(withdrawn), waiting()]).toEqual([[], []]);
  });

  it("a call whose session ended", () => {
    const { show, hear, waiting } = screen({ isPartial: true });
    show(request);
    expect(hear(disconnect({ session: "s2" }))).toEqual([]);
    expect(hear(disconnect())).toEqual([expect.stringMatching(/tools\/call add .*no answer$/)]);
    expect(waiting()).toEqual([]);
  });

  it("leaves the date to the first line that is shown", () => {
    const { show, hear } = screen({ now: () => noon.getTime() + 24 * 3600_000 });
    expect(hear({ kind: "meta", cwd: "/home/me" })).toEqual([]);
    expect(show(connect())).toEqual([
      expect.stringMatching(/2026-02-03/),
      expect.stringContaining("connect"),
    ]);
  });
});

/** Times are shown as the clock of this place shows them, whatever the order in which records come. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

const zones = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"];
const around = ["2026-02-03T04:05:06.007Z", "2026-03-29T00:59:59.999Z", "2027-04-03T15:00:00.000Z"];

/** Often the same second, else near it: across midnight and the change of the clock. */
const times = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...around.map((time) => new Date(time))),
      fc.date({ min: new Date("1980-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
    ),
    fc.array(
      fc.oneof(fc.integer({ min: -1500, max: 1500 }), fc.integer({ min: -90_000_000, max: 90_000_000 })),
      {
        maxLength: 12,
      },
    ),
  )
  .map(([start, steps]) => steps.map((step) => new Date(start.getTime() + step)));

const two = (value: number): string => String(value).padStart(2, "0");

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

describe.each(zones)("in %s", (zone) => {
  it("the time and the day are those of the local clock", async () => {
    vi.stubEnv("TZ", zone);
    const { localTime } = await import("../../../src/terminal/local-time.ts");
    fc.assert(
      fc.property(times, (dates) => {
        for (const date of dates) {
          const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
          expect(localTime(date.toISOString())).toEqual({
            utcMs: date.getTime(),
            day: Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000,
            text: `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`,
          });
        }
      }),
    );
  });
});

it("a time that other tools write is read too, and what is none is not", async () => {
  vi.stubEnv("TZ", "UTC");
  const { localTime } = await import("../../../src/terminal/local-time.ts");
  expect(localTime("2026-02-03T04:05:06.007Z")?.text).toBe("04:05:06.007");
  expect(localTime("2026-02-03T04:05:06Z")?.text).toBe("04:05:06.000");
  expect(localTime("2026-02-03T04:05:06.25Z")?.text).toBe("04:05:06.250");
  expect(localTime("2026-02-03T05:05:06.007+01:00")?.text).toBe("04:05:06.007");
  for (const none of [undefined, "", "soon", "2026-02-03T04:05:06.x07Z", "2026-02-30T99:05:06.007Z"])
    expect(localTime(none)).toBeUndefined();
});

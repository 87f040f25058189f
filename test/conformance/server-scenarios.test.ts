/** The public conformance suite's server scenarios: whatever passes against the bare server passes through `mcp dev`. */
import { beforeAll, expect } from "vitest";
import { test } from "../helpers/mcp-dev.ts";
import { installSuite, runSuite, type Check } from "./suite.ts";

beforeAll(installSuite);

/** The bare server answers any `Host` and `Origin`. */
const failsBare = "dns-rebinding-protection: localhost-host-rebinding-rejected";

test("all that passes bare passes through mcp dev, and DNS rebinding protection too", async ({ bench }) => {
  const project = await bench.project("conformance.ts");
  const [bare, dev] = [await bench.bare(project), await bench.http(project)];
  const [bareChecks, devChecks] = await Promise.all([runSuite(bare.url), runSuite(dev.url)]);
  expect(withStatus(bareChecks, "FAILURE")).toContain(failsBare);
  expect(devChecks.filter(({ status }) => status === "FAILURE")).toEqual([]);
  const passed = withStatus(devChecks, "SUCCESS");
  expect(passed).toEqual(expect.arrayContaining([...withStatus(bareChecks, "SUCCESS"), failsBare]));
  // The scenarios of this version of the suite, none of them left out.
  expect(new Set(passed.map((name) => name.split(":")[0])).size).toBe(31);
}, 180_000);

function withStatus(checks: readonly Check[], wanted: string): string[] {
  return checks.filter(({ status }) => status === wanted).map(({ name }) => name);
}

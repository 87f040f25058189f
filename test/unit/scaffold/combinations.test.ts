/** Which combinations of options there are, and that the ones which are tested every time leave no two options unmet. */
import { expect, test } from "vitest";
import { auths, combinationsOf, states, templates, transports } from "../../../src/scaffold/catalogue.ts";
import { eachOnce, pairsOf, pairwise, valuesOf } from "../../helpers/pairwise.ts";

test("every combination that the flags allow is there, once", () => {
  for (const template of templates) {
    const of = (name: string, values: readonly unknown[]): number =>
      template.has.some((has) => has === name) ? values.length : 1;
    const count = transports.length * of("auth", auths) * of("state", states) * of("roots", [true, false]);
    const titles = combinationsOf(template).map((options) => JSON.stringify(options));
    expect(new Set(titles).size).toBe(count);
    expect(titles).toHaveLength(count);
  }
});

test("the few that are tested have every option, or every pair", () => {
  for (const template of templates) {
    const all = combinationsOf(template);
    const pairs = pairwise(all);
    expect(new Set(pairs.flatMap(pairsOf))).toEqual(new Set(all.flatMap(pairsOf)));
    expect(pairs.length).toBeLessThan(10);
    const few = eachOnce(all);
    expect(new Set(few.flatMap(valuesOf))).toEqual(new Set(all.flatMap(valuesOf)));
    expect(few.length).toBeLessThan(5);
  }
});

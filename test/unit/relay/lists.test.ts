/** What differs between two states of a list. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { listChanges, listMethods, lists, type Entry } from "../../../src/relay/lists.ts";

const description = fc.option(fc.string(), { nil: undefined });

test("any two states of a list: what was added, changed and removed is named, and nothing else", () => {
  const edits = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1 }),
      edit: fc.constantFrom("keep", "add", "change", "remove"),
      description,
    }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(fc.constantFrom(...listMethods), edits, fc.nat(), (method, edited, turn) => {
      const { id, noun } = lists[method];
      const before: Entry[] = [];
      const after: Entry[] = [];
      const expected = {
        added: new Set<string>(),
        changed: new Set<string>(),
        removed: new Set<string>(),
      };
      for (const { name, edit, description: text } of edited) {
        const entry = { [id]: name, description: text };
        if (edit !== "add") before.push(entry);
        if (edit === "change") after.push({ ...entry, description: `${text ?? ""}!` });
        else if (edit !== "remove") after.push(entry);
        if (edit === "add") expected.added.add(`${noun} ${name}`);
        if (edit === "change") expected.changed.add(`${noun} ${name} (description)`);
        if (edit === "remove") expected.removed.add(`${noun} ${name}`);
      }
      // The order of entries is nothing that changes.
      const middle = after.length === 0 ? 0 : turn % after.length;
      const turned = [...after.slice(middle), ...after.slice(0, middle)];
      const changes = listChanges(method, before, turned);
      expect({
        added: new Set(changes.added),
        changed: new Set(changes.changed),
        removed: new Set(changes.removed),
      }).toEqual(expected);
    }),
  );
});

test("what a change is about is named", () => {
  const tool = { name: "greet", description: "Greets", inputSchema: { type: "object" } };
  const other = { name: "greet", inputSchema: { type: "object", properties: {} }, title: "Greet" };
  expect(listChanges("tools/list", [tool], [other]).changed).toEqual([
    "tool greet (description, inputSchema, title)",
  ]);
});

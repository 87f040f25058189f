/**
 * The invariants of the endpoint under any interleaving of what clients, children and the person who saves can do. Runs
 * the client-facing half for real, sockets and pipes included, before children that the model plays.
 * A failure prints its seed: `npm run test:model -- --seed …` repeats it, `--runs 5000` runs it longer.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { plainBehaviour } from "./fake-server.ts";
import { wrongWithAnswers, wrongWithRecords } from "./invariants.ts";
import type { Transport } from "./stage.ts";
import { countTurns, turns } from "./turns.ts";
import { World, type WorldOptions } from "./world.ts";

const numRuns = Number(process.env["MODEL_RUNS"] ?? 200);
const seed = process.env["MODEL_SEED"];

const transports: readonly Transport[] = ["http", "stdio"];

/** Most runs begin where a client is connected to a first child; a few where nothing is there yet. */
const beginning = fc.oneof(
  { weight: 5, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
/** How long requests wait for a child: for ever, or not at all. */
const waitTimeoutMs = fc.oneof(
  { weight: 5, arbitrary: fc.constant(60_000) },
  { weight: 1, arbitrary: fc.constant(1) },
);

let stopCounting = (): void => undefined;
beforeAll(() => (stopCounting = countTurns()));
afterAll(() => stopCounting());

test.each(transports)("any interleaving over %s", { timeout: 60_000 + numRuns * 500 }, async (transport) => {
  const property = fc.asyncProperty(
    beginning,
    waitTimeoutMs,
    commands(30),
    async (isConnected, timeoutMs, sequence) => {
      const wrong = await run({ transport, waitTimeoutMs: timeoutMs }, isConnected, sequence);
      expect(wrong).toEqual([]);
    },
  );
  await fc.assert(property, {
    numRuns,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
});

/** Returns what is wrong, followed by all that happened. */
async function run(
  options: WorldOptions,
  isConnected: boolean,
  sequence: Iterable<fc.AsyncCommand<World, World>>,
): Promise<string[]> {
  const world = await World.create(options);
  try {
    if (isConnected) {
      await world.save(plainBehaviour);
      world.newClient()?.connect("model", true);
      while (world.connected().length === 0) await turns(1);
    }
    await fc.asyncModelRun(() => ({ model: world, real: world }), sequence);
    await world.settle();
    const wrong = wrongWithAnswers(world);
    await world.end();
    wrong.push(...wrongWithRecords(world));
    return wrong.length === 0 ? [] : [...wrong, "", ...world.journal];
  } finally {
    await world.end();
  }
}

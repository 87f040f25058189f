/** What can happen to a dev server, in any order: what clients do, what children do, what the person who saves does. */
import fc from "fast-check";
import type { Asked, AskedByServer, FakeClient } from "./fake-client.ts";
import type { Behaviour } from "./fake-server.ts";
import { FakeHttpClient } from "./fake-http-client.ts";
import { unwelcome } from "./fake-http-child.ts";
import { turns } from "./turns.ts";
import type { World } from "./world.ts";

type Run = (world: World) => void | Promise<void>;
/** What would be done in this world now; `undefined` if it makes no sense here. */
type Plan = (world: World) => Run | undefined;

/** One thing that happens, and how many turns of the event loop pass before the next does. */
class Step implements fc.AsyncCommand<World, World> {
  readonly #label: string;
  readonly #plan: Plan;
  readonly #turns: number;

  constructor(label: string, plan: Plan, turnsAfter: number) {
    this.#label = label;
    this.#plan = plan;
    this.#turns = turnsAfter;
  }

  check(world: World): boolean {
    return !world.isOver && this.#plan(world) !== undefined;
  }

  async run(world: World): Promise<void> {
    await this.#plan(world)?.(world);
    await turns(this.#turns);
  }

  toString(): string {
    return this.#turns === 0 ? this.#label : `${this.#label}+${this.#turns}`;
  }
}

const which = fc.nat(5);
const someTurns = fc.oneof(fc.nat(3), fc.nat(12), fc.constant(40));

export const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  style: fc.constantFrom("sse", "json"),
  keepsEvents: fc.boolean(),
  initializeTurns: fc.oneof(fc.constant(0), fc.nat(30)),
  reportTurns: fc.nat(10),
  heedsCancel: fc.boolean(),
});

function step<Input>(name: string, input: fc.Arbitrary<Input>, plan: (input: Input) => Plan) {
  return fc
    .tuple(input, someTurns)
    .map(([one, count]) => new Step(`${name}(${fc.stringify(one)})`, plan(one), count));
}

function pick<Item>(list: readonly Item[], index: number): Item | undefined {
  return list[index % Math.max(1, list.length)];
}

/** Something of a connected client, if it has such a thing. */
function ofClient<Thing>(
  client: number,
  find: (client: FakeClient) => Thing | undefined,
  act: (client: FakeClient, thing: Thing) => void | Promise<void>,
): Plan {
  return (world) => {
    const one = pick(world.connected(), client);
    const thing = one && find(one);
    return one && thing !== undefined ? () => act(one, thing) : undefined;
  };
}

/** Most clients open a stream as soon as they are connected. */
const withStream = fc.constantFrom(true, true, true, false);

const tools = fc.array(fc.constantFrom("fast" as const, "held" as const), { minLength: 1, maxLength: 2 });

function connect(name: string, withStream: boolean): Plan {
  return (world) => {
    const waiting = world.clients.find(({ state }) => state === "new" || state === "refused");
    // A pipe stays for another try; over HTTP that is another client.
    const again = world.options.transport === "stdio" ? waiting : undefined;
    const client = again ?? world.newClient();
    return client && (() => client.connect(name, withStream));
  };
}

const clientSteps = [
  {
    weight: 1,
    arbitrary: step(
      "connect",
      fc.tuple(fc.constantFrom("model", "model", unwelcome), withStream),
      ([name, stream]) => connect(name, stream),
    ),
  },
  {
    weight: 6,
    arbitrary: step("call", fc.tuple(which, tools), ([client, names]) =>
      ofClient(
        client,
        (one) => one,
        (one) => one.call(names),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: step("notify", which, (client) =>
      ofClient(
        client,
        (one) => one,
        (one) => one.notify(),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: step("cancel", fc.tuple(which, which), ([client, index]) =>
      ofClient(
        client,
        (one) => pick(calls(one), index),
        (one, asked) => one.cancel(asked),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: step("reply", fc.tuple(which, which), ([client, index]) =>
      ofClient(
        client,
        (one) => pick(unanswered(one), index),
        (one, asked) => one.reply(asked),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: step("hangUp", fc.tuple(which, which), ([client, index]) =>
      ofClient(
        client,
        (one) => (one.canHangUp ? pick(openCalls(one), index) : undefined),
        (one, asked) => one.hangUp(asked),
      ),
    ),
  },
  {
    weight: 1.5,
    arbitrary: step(
      "breakOff",
      fc.tuple(which, which, fc.boolean()),
      ([client, index, returns]) =>
        (world) => {
          const one = overHttp(pick(world.connected(), client));
          const asked =
            one &&
            pick(
              openCalls(one).filter((call) => one.canComeBack(call)),
              index,
            );
          if (one === undefined || asked === undefined) return undefined;
          return () => {
            one.breakOff(asked);
            if (returns) one.comeBack();
          };
        },
    ),
  },
  {
    weight: 1,
    arbitrary: step("comeBack", which, (client) =>
      ofClient(
        client,
        (one) => (overHttp(one)?.hasBrokenOff === true ? one : undefined),
        (one) => one.comeBack(),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: step("stream", which, (client) =>
      ofClient(client, overHttp, (_, one) => (one.hasStream ? one.closeStream() : one.openStream())),
    ),
  },
  {
    weight: 0.3,
    arbitrary: step("leave", which, (client) =>
      ofClient(
        client,
        (one) => one,
        (one) => one.leave(),
      ),
    ),
  },
  {
    weight: 0.3,
    arbitrary: step("endSession", fc.tuple(which, fc.boolean()), ([client, waits]) =>
      ofClient(client, overHttp, async (_, one) => {
        const ended = one.endSession();
        if (waits) await Promise.race([ended, turns(100)]);
      }),
    ),
  },
];

const serverSteps = [
  {
    weight: 4,
    arbitrary: step("answer", which, (index) => (world) => {
      const found = pick(world.held, index);
      return found && (() => found.child.fake.server.answer(found.held));
    }),
  },
  {
    weight: 1,
    arbitrary: step("progress", which, (index) => (world) => {
      const found = pick(world.held, index);
      return found && (() => found.child.fake.server.progress(found.held));
    }),
  },
  {
    weight: 2,
    arbitrary: step(
      "ask",
      fc.tuple(which, which, fc.constantFrom("sampling/createMessage", "roots/list")),
      ([index, session, method]) =>
        (world) => {
          const child = pick(
            world.children.filter(({ fake, lifetime }) => fake.server.isAlive && lifetime !== "gone"),
            index,
          );
          const one =
            child &&
            pick(
              child.fake.server.sessions.filter((open) => child.fake.server.outletFor(open)),
              session,
            );
          return one && (() => child.fake.server.ask(one, method));
        },
    ),
  },
];

const supervisorSteps = [
  { weight: 3, arbitrary: step("save", behaviour, (next) => () => (world) => world.save(next)) },
  { weight: 0.5, arbitrary: step("saveBroken", fc.constant(""), () => () => (world) => world.saveBroken()) },
  {
    weight: 1.5,
    arbitrary: step(
      "crash",
      fc.tuple(which, fc.boolean(), fc.nat(8)),
      ([index, inTheMiddle, knownAfter]) =>
        (world) => {
          const child = pick(
            world.children
              .filter(({ fake, lifetime }) => fake.server.isAlive && lifetime !== "gone")
              .reverse(),
            index,
          );
          return child && (() => void world.crash(child, inTheMiddle, knownAfter));
        },
    ),
  },
  {
    weight: 0.7,
    arbitrary: step("timeOut", which, (index) => (world) => {
      const child = pick(
        world.children.filter(({ lifetime }) => lifetime === "draining"),
        index,
      );
      if (child === undefined) return undefined;
      return () => {
        world.hasLost = true;
        world.retire(child, "still running");
      };
    }),
  },
];

const steps = [...clientSteps, ...serverSteps, ...supervisorSteps];

export function commands(maxCommands: number): ReturnType<typeof fc.commands<World, World, false>> {
  const weighted = steps.flatMap(({ weight, arbitrary }) =>
    Array.from({ length: Math.max(1, Math.round(weight * 3)) }, () => arbitrary),
  );
  return fc.commands<World, World, false>(weighted, { maxCommands, size: "max" });
}

function overHttp(client: FakeClient | undefined): FakeHttpClient | undefined {
  return client instanceof FakeHttpClient ? client : undefined;
}

function calls(client: FakeClient): Asked[] {
  return client.asked.filter(({ request, isCancelled }) => request.method === "tools/call" && !isCancelled);
}

function openCalls(client: FakeClient): Asked[] {
  return client.open.filter(({ request }) => request.method === "tools/call");
}

function unanswered(client: FakeClient): AskedByServer[] {
  return client.askedByServer.filter(({ isAnswered }) => !isAnswered);
}

/** One run of the model: the front, its children, its clients, and what the supervisor does to them. */
import type { RecordInput } from "../../src/log/record.ts";
import type { FakeChild } from "./fake-child.ts";
import type { FakeClient } from "./fake-client.ts";
import { plainBehaviour, type Behaviour, type Held } from "./fake-server.ts";
import { newStage, type Stage, type Transport } from "./stage.ts";
import { turns } from "./turns.ts";

export type WorldOptions = {
  readonly transport: Transport;
  /** How long a request waits for a child. */
  readonly waitTimeoutMs: number;
};

export type Lifetime = "serving" | "draining" | "gone";
export type Child = { readonly fake: FakeChild; readonly generation: number; lifetime: Lifetime };

/** A run that nothing hinders answers what is open within that many turns; what a loaded machine holds up, later. */
const patience = { turns: 4000, ms: 1000 };
/** Longer than a child takes for anything. */
const calmTurns = 100;

export class World {
  readonly options: WorldOptions;
  readonly clients: FakeClient[] = [];
  readonly children: Child[] = [];
  readonly records: RecordInput[] = [];
  /** What happened, in order, for people. */
  readonly journal: string[] = [];
  /** Whether something was lost that a crash, or a child that was given up, takes with it. */
  hasLost = false;
  readonly #stage: Stage;
  #nextChild: Promise<FakeChild>;
  #generation = 0;
  #isClosed = false;

  private constructor(options: WorldOptions, stage: Stage, records: RecordInput[]) {
    this.options = options;
    this.#stage = stage;
    this.records = records;
    this.#nextChild = stage.newChild();
  }

  static async create(options: WorldOptions): Promise<World> {
    const records: RecordInput[] = [];
    const bounds = { waitTimeoutMs: options.waitTimeoutMs, waitingMax: 1000 };
    const stage = await newStage(options.transport, bounds, (record) => records.push(record));
    return new World(options, stage, records);
  }

  /** The command ends, and nothing that is done to it counts any more. */
  get isOver(): boolean {
    return this.#stage.isOver();
  }

  get serving(): Child | undefined {
    return this.children.find(({ lifetime }) => lifetime === "serving");
  }

  /** What children hold that could still answer. */
  get held(): { readonly child: Child; readonly held: Held }[] {
    return this.children
      .filter(({ lifetime, fake }) => lifetime !== "gone" && fake.server.isAlive)
      .flatMap((child) => child.fake.server.held.map((held) => ({ child, held })));
  }

  connected(): FakeClient[] {
    return this.clients.filter(({ state }) => state === "connected");
  }

  newClient(): FakeClient | undefined {
    const name = `c${this.clients.length + 1}`;
    const client = this.#stage.newClient(
      name,
      () => this.serving?.generation ?? 0,
      (line) => this.note(line),
    );
    if (client !== undefined) this.clients.push(client);
    return client;
  }

  note(line: string): void {
    this.journal.push(line);
  }

  /** A good save, or the start after a crash: the next child serves, the old one finishes what it has. */
  async save(behaviour: Behaviour): Promise<void> {
    const fake = await this.#nextChild;
    this.#nextChild = this.#stage.newChild();
    const old = this.serving;
    const generation = ++this.#generation;
    fake.server.generation = generation;
    fake.server.behaviour = behaviour;
    this.note(`child ${generation} serves`);
    this.children.push({ fake, generation, lifetime: "serving" });
    if (old !== undefined) old.lifetime = "draining";
    fake.serve();
    if (old !== undefined)
      void this.#stage.front.drained(old.generation).then(() => this.retire(old, "replaced"));
  }

  /** A save that does not come up takes a generation and nothing else. */
  saveBroken(): void {
    this.note(`child ${++this.#generation} fails to start`);
    this.#stage.front.explain("Unexpected token");
  }

  /** A replaced child is ended: it has finished, or its time is over. */
  retire(child: Child, why: string): void {
    if (child.lifetime !== "draining") return;
    this.note(`child ${child.generation} is ended: ${why}`);
    child.lifetime = "gone";
    this.#stage.front.lose(child.generation, why);
    child.fake.end();
  }

  /** The process is gone at once; that it is, is known some turns later. */
  async crash(child: Child, inTheMiddle: boolean, knownAfterTurns: number): Promise<void> {
    this.note(`child ${child.generation} crashes`);
    this.hasLost = true;
    child.fake.crash(inTheMiddle);
    await turns(knownAfterTurns);
    if (child.lifetime === "gone") return;
    this.note(`the crash of child ${child.generation} is known`);
    child.lifetime = "gone";
    this.#stage.front.lose(child.generation, "it crashed");
  }

  /** Nothing hinders any more: a child serves, and everybody answers what is open. */
  async settle(): Promise<void> {
    if (this.isOver) return;
    const startedMs = performance.now();
    let turnsLeft = patience.turns;
    const isPatient = (): boolean => turnsLeft > 0 || performance.now() < startedMs + patience.ms;
    if (this.serving?.fake.server.isAlive !== true) await this.save(plainBehaviour);
    // What is under way shows a few turns later; so does what comes twice.
    for (let calm = 0; calm < calmTurns && isPatient(); turnsLeft -= 5) {
      calm = this.#isSettled() ? calm + 5 : 0;
      for (const { child, held } of this.held) child.fake.server.answer(held);
      for (const client of this.connected()) {
        client.comeBack();
        for (const asked of client.askedByServer) if (!asked.isAnswered) client.reply(asked);
      }
      await turns(5);
    }
  }

  async end(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.note("the end");
    await this.#stage.front.close("the command ended");
    for (const client of this.clients) if (client.state !== "gone") client.leave();
    for (const child of this.children) child.fake.end();
    (await this.#nextChild).end();
    await turns(20);
  }

  #isSettled(): boolean {
    return (
      this.children.every(({ lifetime }) => lifetime !== "draining") &&
      this.clients.every((client) => client.open.every(({ isCancelled }) => isCancelled)) &&
      this.connected().every(({ askedByServer }) => askedByServer.every(({ isAnswered }) => isAnswered)) &&
      this.clients.every(({ state }) => state !== "connecting") &&
      this.held.every(({ child }) => child.lifetime === "gone")
    );
  }
}

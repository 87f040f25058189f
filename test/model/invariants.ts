/** What may never break, looked at after a run. Each function returns what is wrong, in words. */
import type { RecordInput } from "../../src/log/record.ts";
import { at, isRequest, type Message } from "../../src/relay/json-rpc.ts";
import type { Asked, FakeClient } from "./fake-client.ts";
import { FakeHttpClient } from "./fake-http-client.ts";
import type { Child, World } from "./world.ts";

/** Before the end of the command. */
export function wrongWithAnswers(world: World): string[] {
  return [
    ...world.clients.flatMap((client) => [
      ...client.surprises,
      ...client.asked.flatMap((asked) => wrongAnswers(client, asked, world)),
      ...wrongWithTransport(client, world),
    ]),
    ...world.children.flatMap((child) => [...wrongOrder(child), ...wrongReplies(child, world)]),
    ...wrongNotifications(world),
    ...world.children
      .filter(({ lifetime }) => lifetime === "draining" && !world.isOver)
      .map(({ generation }) => `child ${generation} was replaced, has nothing in flight, and is not ended`),
  ];
}

/** After the end of the command. */
export function wrongWithRecords(world: World): string[] {
  const names = new Set(world.records.flatMap(({ session }) => (session === undefined ? [] : [session])));
  return [
    ...[...names].flatMap((name) =>
      wrongStory(
        name,
        world.records.filter(({ session }) => session === name),
      ),
    ),
    ...wrongSessions(world),
    ...world.clients.flatMap((client) => client.asked.flatMap((asked) => wrongPair(client, asked, world))),
    ...wrongServerPairs(world.records),
  ];
}

function wrongAnswers(client: FakeClient, asked: Asked, world: World): string[] {
  const { request, answers, servedBy, status } = asked;
  const what = `${client.name}'s request ${request.id}`;
  const wrong: string[] = [];
  const mayHaveNone =
    asked.isCancelled || asked.isAbandoned || (request.method === "initialize" && status === 401);
  if (answers.length > 1) wrong.push(`${what} got ${answers.length} answers`);
  if (answers.length === 0 && !mayHaveNone)
    wrong.push(`${what} got no answer (HTTP status ${status ?? "none"})`);
  for (const { error, result } of answers) {
    const generation = at(result, "generation");
    if (typeof generation === "number" && generation < servedBy)
      wrong.push(`${what}, sent while child ${servedBy} served, was answered by child ${generation}`);
    const mayFail = asked.isCancelled || world.hasLost || world.options.waitTimeoutMs < 1000;
    if (error !== undefined && !mayFail)
      wrong.push(`${what} failed though nothing was lost: ${error.message}`);
  }
  return wrong;
}

function wrongWithTransport(client: FakeClient, world: World): string[] {
  if (!(client instanceof FakeHttpClient)) return [];
  const wrong: string[] = [];
  const mayFail = world.hasLost || world.options.waitTimeoutMs < 1000;
  for (const status of client.statuses) {
    // 404: a client that has ended its session; 409: one that opens its stream again before the old one is gone.
    if (status === 404 && client.state !== "gone")
      wrong.push(`${client.name}'s session is not known any more`);
    else if (status >= 500 && !mayFail)
      wrong.push(`${client.name} got HTTP ${status} though nothing was lost`);
  }
  if (client.streamsLost > 0 && client.state === "connected")
    wrong.push(`${client.name} lost its stream ${client.streamsLost} times`);
  return wrong;
}

/** Each child gets what a client sends in the order in which the client sent it, and nothing twice. */
function wrongOrder({ generation, fake }: Child): string[] {
  const byClient = new Map<string, number[]>();
  for (const message of fake.server.received) {
    const [from, order] = sender(message);
    if (from !== undefined && order !== undefined) byClient.set(from, [...(byClient.get(from) ?? []), order]);
  }
  const wrong: string[] = [];
  for (const [client, orders] of byClient) {
    if (new Set(orders).size < orders.length)
      wrong.push(`child ${generation} got something of ${client} twice: ${orders.join()}`);
    const isPipe = fake.server.sessions[0]?.name === "";
    if (isPipe && orders.some((order, index) => order < (orders[index - 1] ?? 0)))
      wrong.push(`child ${generation} got the messages of ${client} in the order ${orders.join()}`);
  }
  return wrong;
}

function sender(message: Message): readonly [from: string | undefined, order: number | undefined] {
  if (!("method" in message)) return [undefined, undefined];
  const about = isRequest(message) ? at(message.params, "arguments") : message.params;
  const [from, order] = [at(about, "from"), at(about, "order")];
  return [typeof from === "string" ? from : undefined, typeof order === "number" ? order : undefined];
}

/** A child is answered what it asked, once, and nothing that another one asked. */
function wrongReplies({ generation, fake, lifetime }: Child, world: World): string[] {
  const wrong = fake.server.strays.map(
    ({ id }) => `child ${generation} got an answer to ${id}, which it never asked`,
  );
  for (const { id, answers, isLost } of fake.server.asks) {
    const what = `what child ${generation} asked as ${id}`;
    if (answers.length > 1) wrong.push(`${what} was answered ${answers.length} times`);
    for (const { result } of answers) {
      const isRoots = at(result, "roots") !== undefined;
      if (!isRoots && (at(result, "generation") !== generation || at(result, "id") !== id))
        wrong.push(`${what} was answered ${JSON.stringify(result)}`);
    }
    const mayHaveNone =
      isLost() ||
      world.clients.some(
        ({ state, asked }) => state !== "connected" || asked.some(({ isAbandoned }) => isAbandoned),
      );
    if (answers.length === 0 && lifetime === "serving" && !mayHaveNone)
      wrong.push(`${what} was not answered`);
  }
  return wrong;
}

/** Nothing that a client tells the server is told twice, or not at all. */
function wrongNotifications(world: World): string[] {
  // A child that is ended with nothing in flight may leave a notification in its pipe, as any process may.
  const received = world.children
    .flatMap(({ fake: { server } }) => [...server.received, ...server.unread])
    .map(sender);
  const mayBeLost = world.hasLost || world.options.waitTimeoutMs < 1000;
  return world.clients.flatMap(({ name, notes, state }) =>
    notes.flatMap((order) => {
      const count = received.filter(([from, one]) => from === name && one === order).length;
      const isWrong = count > 1 || (count === 0 && !mayBeLost && state === "connected");
      return isWrong ? [`${name}'s notification ${order} reached children ${count} times`] : [];
    }),
  );
}

/** connect, ready, what happened, disconnect: each once, nothing before and nothing after. */
function wrongStory(name: string, records: readonly RecordInput[]): string[] {
  const events = records.map((record) => (record.kind === "session" ? record.event : record.kind));
  const story = `${name}: ${events.join(" ")}`;
  const wrong: string[] = [];
  const count = (event: string): number => events.filter((one) => one === event).length;
  if (events[0] !== "connect" || count("connect") !== 1)
    wrong.push(`does not begin with one connect: ${story}`);
  if (count("ready") > 1 || events.indexOf("ready") > 1) wrong.push(`ready is not the second: ${story}`);
  if (events.at(-1) !== "disconnect" || count("disconnect") !== 1)
    wrong.push(`does not end with one disconnect: ${story}`);
  if (new Set(records.map((record) => record["mcp.session.id"])).size > 1)
    wrong.push(`has several ids: ${story}`);
  return wrong;
}

/** One story for each session that came to be, none for any other. */
function wrongSessions(world: World): string[] {
  const connects = world.records.filter((record) => record.kind === "session" && record.event === "connect");
  const wrong: string[] = [];
  const sure = world.clients.filter(({ asked, state }) => state !== "new" && asked.some(isGoodHandshake));
  const possible = world.clients.filter(({ asked }) => asked.some(({ status }) => status === undefined));
  if (connects.length < sure.length) wrong.push(`${connects.length} sessions are told of ${sure.length}`);
  if (connects.length > possible.length)
    wrong.push(`${connects.length} sessions are told, of at most ${possible.length}`);
  for (const client of sure) {
    if (!(client instanceof FakeHttpClient)) continue;
    const told = connects.filter((record) => record["mcp.session.id"] === client.sessionId).length;
    if (told !== 1) wrong.push(`the session of ${client.name} is told ${told} times`);
  }
  return wrong;
}

function isGoodHandshake({ request, answers }: Asked): boolean {
  return request.method === "initialize" && answers.some(({ result }) => result !== undefined);
}

/** A request has one record, and one of its answer unless its client wants none. */
function wrongPair(
  client: FakeClient,
  { request, answers, isCancelled, isAbandoned }: Asked,
  world: World,
): string[] {
  // Ids are the client's own; a call says in its arguments whose it is.
  if (request.method !== "tools/call") return [];
  const isOwn = (record: RecordInput): boolean =>
    record.kind === "request" && JSON.stringify(record.body) === JSON.stringify(request);
  const requests = world.records.filter(isOwn);
  const [first] = requests;
  const what = `${client.name}'s request ${request.id}`;
  if (requests.length > 1) return [`${what} is told ${requests.length} times`];
  if (first === undefined) return answers.length === 0 ? [] : [`${what} is answered, and never told`];
  const responses = world.records.filter(
    (record) =>
      record.kind === "response" &&
      record.dir === "s2c" &&
      record.session === first.session &&
      record["jsonrpc.request.id"] === String(request.id),
  ).length;
  const isRight =
    responses === 1 || (responses === 0 && (isCancelled || isAbandoned) && answers.length === 0);
  // Without a session there is nothing that tells one client's ids from another's.
  return isRight || first.session === undefined ? [] : [`the answer to ${what} is told ${responses} times`];
}

function wrongServerPairs(records: readonly RecordInput[]): string[] {
  const key = (record: RecordInput): string =>
    `${record.session} ${record.generation} ${record["jsonrpc.request.id"]}`;
  const asked = records.filter((record) => record.kind === "request" && record.dir === "s2c").map(key);
  const answered = records.filter((record) => record.kind === "response" && record.dir === "c2s").map(key);
  return [
    ...asked
      .filter((one, index) => asked.indexOf(one) !== index)
      .map((one) => `the server's ${one} is told twice`),
    ...answered
      .filter((one, index) => answered.indexOf(one) !== index)
      .map((one) => `the answer to the server's ${one} is told twice`),
    ...answered
      .filter((one) => !asked.includes(one))
      .map((one) => `an answer to the server's ${one}, which is not told`),
  ];
}

/** Starts a server once and meets it as clients do: shakes hands, lists what it offers, and tries a wrong credential. */
import { sessionKeyHeader, singleKey } from "../child/messages.ts";
import { CliError } from "../cli-error.ts";
import type { Entry } from "../dev/entry.ts";
import { SingleRun } from "../dev/single-run.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import { offerOf, type Offer } from "./offer.ts";

export type Meeting = {
  /** Undefined where a person would have to sign in first. */
  readonly offer: Offer | undefined;
  /** It answered 401 to a wrong credential; undefined where it was not asked for any. */
  readonly refused: true | undefined;
};

export type MeetingPlan = Pick<ConnectOptions, "signal" | "onOutput"> &
  (
    | { readonly transport: "stdio" }
    | {
        readonly transport: "http";
        readonly headers: Readonly<Record<string, string>>;
        /** Who may come in: everybody, whoever sends these headers, or nobody before a person has signed in. */
        readonly door: "open" | "key" | "sign-in";
      }
  );

/** @throws CliError if the server does not start, does not answer, or lets in whom it should not. */
export async function meet(entry: Entry, plan: MeetingPlan): Promise<Meeting> {
  const { signal, onOutput } = plan;
  const root = entry.project;
  if (plan.transport === "stdio") {
    const connection = await connect({ kind: "start", entry }, { headers: {}, signal, onOutput, root });
    try {
      return { offer: await offerOf(connection), refused: undefined };
    } finally {
      await connection.close();
    }
  }
  const run = new SingleRun({ entry, args: [], transport: "httpStream", onOutput, signal });
  try {
    const { asked, port } = await run.start();
    if (port === undefined) throw new CliError("the server does not listen");
    const url = new URL(`http://127.0.0.1:${port}${asked.endpoint}`);
    const refused = plan.door === "open" ? undefined : await expectRefusal(url, signal);
    if (plan.door === "sign-in") return { offer: undefined, refused };
    // With a key, the session is one that our observer knows, and does not wait for what cannot come.
    const headers = { ...plan.headers, [sessionKeyHeader]: singleKey };
    const connection = await connect(
      { kind: "url", url, project: root },
      { headers, signal, onOutput, root },
    );
    try {
      return { offer: await offerOf(connection), refused };
    } finally {
      await connection.close();
    }
  } finally {
    await run.end();
  }
}

/** A 401 says how to sign in (RFC 9110, section 15.5.2). */
async function expectRefusal(url: URL, signal: AbortSignal): Promise<true> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: "Bearer wrong",
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    signal,
  });
  await answer.body?.cancel();
  if (answer.status === 401 && answer.headers.has("www-authenticate")) return true;
  throw new CliError(
    `a wrong credential was answered with status ${answer.status}, not with a 401 that says how to sign in`,
  );
}

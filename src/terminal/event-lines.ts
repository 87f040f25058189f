/** Turns records of the session log into the lines that a person sees, live and from history. */
import { answerLines, directionOf, isShown, noAnswer, opposite, payload } from "./answer-lines.ts";
import { callLines } from "./call-line.ts";
import { counted } from "./durations.ts";
import { errorLines } from "./error-frame.ts";
import { whereLines, withName } from "./error-place.ts";
import { field, numberField, textField, type Foreign } from "./foreign.ts";
import { indentOf, startLine, type Verbosity, type View } from "./line-start.ts";
import { dayText, localDay, localTime } from "./local-time.ts";
import { notificationLine } from "./notification-line.ts";
import { noiseLines, outputLines } from "./output-lines.ts";
import { PendingCalls, type PendingCall } from "./pending-calls.ts";
import { listChangeLines } from "./list-change-lines.ts";
import { reloadFailed, reloadServing, reloadStarted } from "./reload-rule.ts";
import { requestSummary } from "./request-summary.ts";
import { rule } from "./rule.ts";
import { sessionLines } from "./session-lines.ts";
import type { Styles } from "./styles.ts";
import { typeLines } from "./type-lines.ts";
import type { LogRecord } from "../log/record.ts";

export type EventLinesOptions = {
  readonly styles: Styles;
  /** Columns of the terminal, asked for each record. */
  readonly width: () => number;
  readonly verbosity: Verbosity;
  /** Show payloads below their lines. */
  readonly expand?: boolean;
  /** Keep the payloads of the last call, to show them on demand. */
  readonly keepsLast?: boolean;
  /** Show the first record of a log as a rule; `mcp dev` says the same in its own words. */
  readonly showMeta?: boolean;
  /** Some records are left out by a filter: what they would have told is then not known, and not said. */
  readonly isPartial?: boolean;
  /** Answers are left out by a filter: a request is a line of its own. */
  readonly withoutAnswers?: boolean;
  /** Milliseconds since the epoch: the day that needs no date above its lines. */
  readonly now?: () => number;
};

const calls = new Set(["tools/call", "resources/read", "prompts/get"]);
const mostNoiseSources = 1000;
const mostSessions = 10_000;
/** A call that is answered sooner is not shown as waiting: it would only flicker. */
const shownWhenLiveMs = 250;

export class EventLines {
  readonly #options: EventLinesOptions;
  readonly #pending = new PendingCalls();
  #last: { readonly record: Foreign; readonly call: PendingCall | undefined } | undefined;
  readonly #callsOf = new Map<string, number>();
  readonly #noiseSources = new Set<string>();
  #sessionCells = 3;
  #cwd: string | undefined;
  #day: number;

  constructor(options: EventLinesOptions) {
    this.#options = options;
    this.#day = localDay((options.now ?? Date.now)());
  }

  /** The lines of one record, without line ends; none if it has nothing to show. Records may come from a newer version. */
  render(record: LogRecord): string[] {
    const foreign: Foreign = record;
    const time = localTime(textField(foreign, "time"));
    const session = textField(foreign, "session")?.slice(0, 12);
    if (session !== undefined) this.#sessionCells = Math.max(this.#sessionCells, Math.min(6, session.length));
    const view = this.#view(time?.text ?? "--:--:--.---", session);
    return this.#dated(this.#lines(foreign, view, time?.utcMs ?? NaN), view, time?.day);
  }

  /** Takes notice of a record that is not shown. The lines are of calls that are, and that it ends: usually none. */
  hear(record: LogRecord): string[] {
    if (record.kind === "meta") this.#cwd = textField(record, "cwd");
    if (record.kind === "notification" && this.#withdrawn(record) !== undefined) return this.render(record);
    if (record.kind !== "session" || record.event !== "disconnect") return [];
    const time = localTime(record.time);
    const view = this.#view(time?.text ?? "", record.session);
    const calls = this.#pending.takeSession(record.session ?? "");
    const shown = calls.filter(({ request }) => isShown(request.method, view));
    return this.#dated(
      shown.flatMap((call) => noAnswer(call, view)),
      view,
      time?.day,
    );
  }

  #dated(lines: string[], { styles, width }: View, day: number | undefined): string[] {
    if (lines.length === 0 || day === undefined || day === this.#day) return lines;
    this.#day = day;
    return [rule(styles, width, [{ text: dayText(day), style: styles.dim }]), ...lines];
  }

  /** The lines of requests whose answers have not come, for the end of what is shown. */
  waiting(): string[] {
    return this.#pending.takeAll().flatMap((call) => this.#unanswered(call));
  }

  /** The same when there is nobody left to answer. */
  lost(): string[] {
    return this.#pending.takeAll().flatMap((call) => {
      const view = this.#view(call.time, call.session);
      return isShown(call.request.method, view) ? noAnswer(call, view) : [];
    });
  }

  /** The lines of requests that wait for their answers now, the newest last; at most `most`. */
  live(nowMs: number, most: number, mark: string): string[] {
    const waiting = [...this.#pending.all()].flatMap((call) => {
      const durationMs = nowMs - call.startedMs;
      const view = this.#view(call.time, call.session);
      return durationMs < shownWhenLiveMs || !isShown(call.request.method, view)
        ? []
        : [{ call, view, durationMs }];
    });
    const result = { isFailed: false, text: "" };
    return waiting.slice(-Math.max(1, most)).flatMap(({ call, view, durationMs }) => {
      const { dir, request } = call;
      return callLines(view, { dir, request, durationMs, result, mark });
    });
  }

  /** The last answer that was shown, with its payloads; none if there was none. */
  lastExpanded(): string[] {
    if (this.#last === undefined) return [];
    const { record, call } = this.#last;
    const time = localTime(textField(record, "time"))?.text ?? "";
    return answerLines({ ...this.#view(time, textField(record, "session")), expand: true }, record, call);
  }

  #view(time: string, session: string | undefined): View {
    const { styles, width, verbosity, expand = false } = this.#options;
    const columns = Math.max(1, width());
    const [sessionCells, cwd] = [this.#sessionCells, this.#cwd];
    return { styles, width: columns, verbosity, expand, time, session, sessionCells, cwd };
  }

  #lines(record: Foreign, view: View, startedMs: number): string[] {
    switch (textField(record, "kind") ?? "") {
      case "meta":
        return this.#meta(record, view);
      case "session":
        return this.#session(record, view);
      case "request":
        return this.#request(record, view, startedMs);
      case "response":
        return this.#response(record, view);
      case "notification":
        return this.#notification(record, view);
      case "reload":
        return reload(record, view);
      case "error":
        return serverError(record, view);
      case "types":
        return typeLines(view, record);
      case "output":
        return outputLines(view, record);
      case "noise":
        return noiseLines(view, record, this.#isHintDue(record));
      case "drop":
        return [dropLine(record, view)];
      default:
        return view.verbosity === "quiet" ? [] : [unknownLine(record, view)];
    }
  }

  #meta(record: Foreign, view: View): string[] {
    this.#cwd = textField(record, "cwd");
    if (this.#options.showMeta !== true || view.verbosity === "quiet") return [];
    const { styles, width } = view;
    const pid = numberField(record, "pid");
    const parts = [
      { text: "mcp dev", style: styles.bold },
      { text: textField(record, "project") ?? "" },
      { text: textField(record, "url") ?? textField(record, "transport") ?? "" },
      { text: pid === undefined ? "" : `pid ${pid}`, style: styles.dim },
    ];
    return [rule(styles, width, parts)];
  }

  #session(record: Foreign, view: View): string[] {
    const { session } = view;
    const event = textField(record, "event");
    if (session === undefined) return sessionLines(view, record, undefined);
    if (event === "connect") {
      this.#callsOf.delete(session);
      if (this.#callsOf.size < mostSessions) this.#callsOf.set(session, 0);
    }
    if (event !== "disconnect") return sessionLines(view, record, undefined);
    const unanswered = this.#pending
      .takeSession(session)
      .filter(({ request }) => isShown(request.method, view));
    const count = this.#callsOf.get(session);
    this.#callsOf.delete(session);
    if (this.#options.isPartial === true) return sessionLines(view, record, undefined);
    return [...unanswered.flatMap((call) => noAnswer(call, view)), ...sessionLines(view, record, count)];
  }

  #request(record: Foreign, view: View, startedMs: number): string[] {
    const dir = directionOf(record);
    const request = requestSummary(record);
    const isWanted = view.expand || this.#options.keepsLast === true;
    const body = isWanted ? field(record, "body", "params") : undefined;
    const { session, time } = view;
    if (this.#options.withoutAnswers !== true)
      this.#pending.add(record, { dir, request, body, time, startedMs, session });
    const count = session === undefined ? undefined : this.#callsOf.get(session);
    if (session !== undefined && count !== undefined && dir === "c2s" && calls.has(request.method))
      this.#callsOf.set(session, count + 1);
    return this.#options.withoutAnswers === true
      ? this.#unanswered({ dir, request, body, time, session })
      : [];
  }

  #unanswered({ dir, request, time, session, body }: Omit<PendingCall, "startedMs">): string[] {
    const text = this.#options.isPartial === true ? "answer not shown" : "no answer yet";
    const view = this.#view(time, session);
    if (!isShown(request.method, view)) return [];
    const result = { isFailed: false, text };
    const lines = callLines(view, { dir, request, durationMs: undefined, result });
    return view.expand ? [...lines, ...payload(view, dir, body)] : lines;
  }

  #response(record: Foreign, view: View): string[] {
    const call = this.#pending.take(record, opposite(directionOf(record)));
    const lines = answerLines(view, record, call);
    if (lines.length > 0 && this.#options.keepsLast === true) this.#last = { record, call };
    return lines;
  }

  #notification(record: Foreign, view: View): string[] {
    const dir = directionOf(record);
    const method = textField(record, "mcp.method.name") ?? "";
    const call = this.#withdrawn(record);
    if (call !== undefined) this.#pending.take(record, dir, withdrawnId(record));
    if (view.verbosity === "quiet" || !isShown(method, view)) return [];
    const line = notificationLine(view, record, dir, call?.request);
    return view.expand ? [line, ...payload(view, dir, field(record, "body", "params"))] : [line];
  }

  /** The call that waits, if it is one, and the record is that nobody wants its answer any more. */
  #withdrawn(record: Foreign): PendingCall | undefined {
    const id = withdrawnId(record);
    return id === undefined ? undefined : this.#pending.get(record, directionOf(record), id);
  }

  #isHintDue(record: Foreign): boolean {
    const source = textField(record, "source") ?? "";
    if (this.#noiseSources.has(source) || this.#noiseSources.size >= mostNoiseSources) return false;
    this.#noiseSources.add(source);
    return true;
  }
}

function withdrawnId(record: Foreign): string | undefined {
  if (textField(record, "mcp.method.name") !== "notifications/cancelled") return undefined;
  const id = field(record, "body", "params", "requestId");
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}

function reload(record: Foreign, view: View): string[] {
  switch (textField(record, "event") ?? "") {
    case "started":
      return view.verbosity === "verbose" ? reloadStarted(view, record) : [];
    case "serving":
      return reloadServing(view, record);
    case "failed":
      return reloadFailed(view, record);
    case "lists":
      return listChangeLines(view, record);
    default:
      return view.verbosity === "quiet" ? [] : [unknownLine(record, view)];
  }
}

function serverError(record: Foreign, view: View): string[] {
  const body = field(record, "body");
  const message = withName(body, textField(body, "message") ?? "unknown error");
  const stack = textField(body, "stack");
  return [
    ...errorLines(view, { message }, 0),
    ...whereLines(view, body, { message, stack }, field(body, "frame") === undefined ? indentOf(view) : 3),
  ];
}

function dropLine(record: Foreign, view: View): string {
  const { yellow } = view.styles;
  const count = counted(numberField(record, "count") ?? 0, "record");
  const reason = textField(record, "reason") ?? "";
  return startLine(view, "▲", yellow).add(`${count} dropped`, yellow).also(reason, yellow, yellow).toString();
}

function unknownLine(record: Foreign, view: View): string {
  const { dim } = view.styles;
  const line = startLine(view, "•", dim).add(textField(record, "kind") ?? "record of an unknown kind", dim);
  return line.also(textField(record, "event") ?? "", dim, dim).toString();
}

/** The table of `--sessions`: a line for each, with who it is, what it did and how it ended. */
import { durationText } from "./durations.ts";
import { identityText } from "./identity-text.ts";
import { dayText, localDay, localTime } from "./local-time.ts";
import { sessionColor } from "./session-colors.ts";
import type { Styles } from "./styles.ts";
import { table, type Column, type Piece } from "./table.ts";

/** What is known of a session; `src/log/session-summaries.ts` finds it out. */
export type ListedSession = {
  readonly log: string;
  readonly session: string;
  readonly client?: { readonly name: string; readonly version: string };
  readonly identity?: unknown;
  readonly transport?: string;
  readonly since: string;
  readonly duration_ms: number;
  readonly calls: number;
  readonly errors: number;
  readonly reloads: number;
  readonly state: "open" | "ended" | "cut off";
  readonly reason?: string;
};

export function sessionsTable(
  styles: Styles,
  width: number,
  sessions: readonly ListedSession[],
  nowMs: number,
): string[] {
  const { dim, bold, red } = styles;
  const count = (value: number, style?: (text: string) => string): readonly Piece[] => [
    { text: String(value), style: value === 0 ? dim : style },
  ];
  const isOneDay = sessions.every(({ since }) => localTime(since)?.day === localDay(nowMs));
  const areSeveralLogs = new Set(sessions.map(({ log }) => log)).size > 1;
  const columns: Column<ListedSession>[] = [
    // The end of the log's name is the server's process id.
    { title: "server", leaves: 4, cell: ({ log }) => [{ text: /\d+$/.exec(log)?.[0] ?? log, style: dim }] },
    {
      title: "session",
      cell: (one) => [
        { text: one.state === "open" ? "●" : "○", style: one.state === "open" ? styles.green : dim },
        { text: one.session, style: sessionColor(styles, one.session) },
      ],
    },
    {
      title: "client",
      least: 12,
      cell: ({ client }) =>
        client === undefined
          ? [{ text: "unknown", style: dim }]
          : [
              { text: client.name, style: bold },
              { text: client.version, optional: true },
            ],
    },
    { title: "who", least: 12, leaves: 2, cell: ({ identity }) => [{ text: identityText(identity) }] },
    { title: "over", leaves: 1, cell: ({ transport }) => [{ text: transport ?? "?" }] },
    { title: "since", leaves: 3, cell: ({ since }) => [{ text: sinceText(since, isOneDay), style: dim }] },
    { title: "for", align: "right", leaves: 6, cell: (one) => [{ text: durationText(one.duration_ms) }] },
    { title: "calls", align: "right", cell: ({ calls }) => count(calls) },
    { title: "errors", align: "right", cell: ({ errors }) => count(errors, red) },
    { title: "reloads", align: "right", leaves: 0, cell: ({ reloads }) => count(reloads) },
    { title: "ended", least: 10, leaves: 5, cell: (one) => [ending(styles, one)] },
  ];
  const isShown = ({ title }: Column<ListedSession>): boolean => {
    if (title === "server") return areSeveralLogs;
    return title !== "who" || sessions.some(({ identity }) => identityText(identity) !== "");
  };
  return table(styles, width, columns.filter(isShown), sessions);
}

function sinceText(since: string, isToday: boolean): string {
  const time = localTime(since);
  if (time === undefined) return "?";
  const clock = time.text.slice(0, 8);
  return isToday ? clock : `${dayText(time.day)} ${clock}`;
}

function ending({ green, dim, yellow }: Styles, { state, reason }: ListedSession): Piece {
  switch (state) {
    case "open":
      return { text: "open", style: green };
    case "ended":
      return { text: reason ?? "ended", style: dim };
    case "cut off":
      return { text: "cut off: the server is gone", style: yellow };
  }
}

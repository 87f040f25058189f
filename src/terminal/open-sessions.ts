/** The sessions that are open at this moment, as the records tell. */
import { counted, durationText } from "./durations.ts";
import { cellsOf } from "./display-width.ts";
import { Line } from "./line.ts";
import { sessionColor } from "./session-colors.ts";
import type { Styles } from "./styles.ts";
import type { LogRecord } from "../log/record.ts";

type OpenSession = {
  readonly client: string;
  readonly transport: string;
  readonly id: string;
  readonly sinceMs: number;
  calls: number;
  errors: number;
};

const calls = new Set(["tools/call", "resources/read", "prompts/get"]);

export class OpenSessions {
  readonly #sessions = new Map<string, OpenSession>();

  see(record: LogRecord): void {
    const { session } = record;
    if (session === undefined) return;
    if (record.kind === "session" && record.event === "connect") {
      const { client, transport } = record;
      this.#sessions.set(session, {
        client: client === undefined ? "unknown client" : `${client.name} ${client.version}`,
        transport,
        id: record["mcp.session.id"] ?? "",
        sinceMs: Date.parse(record.time),
        calls: 0,
        errors: 0,
      });
    } else if (record.kind === "session" && record.event === "disconnect") this.#sessions.delete(session);
    const known = this.#sessions.get(session);
    if (known === undefined || record.kind !== "response" || record.dir !== "s2c") return;
    if (calls.has(record["mcp.method.name"] ?? "")) known.calls += 1;
    if (record["error.type"] !== undefined) known.errors += 1;
  }

  lines(styles: Styles, width: number, nowMs = Date.now()): string[] {
    if (this.#sessions.size === 0) return [new Line(width).gap(2).add("no sessions", styles.dim).toString()];
    const rows = [...this.#sessions].map(([name, { client, ...session }]) => ({
      name,
      client,
      about: [
        session.transport,
        `for ${durationText(nowMs - session.sinceMs)}`,
        counted(session.calls, "call"),
        ...(session.errors === 0 ? [] : [counted(session.errors, "error")]),
        session.id,
      ].filter((part) => part !== ""),
    }));
    const nameCells = Math.max(...rows.map(({ name }) => cellsOf(name)));
    const clientCells = Math.min(30, Math.max(...rows.map(({ client }) => cellsOf(client))));
    return rows.map(({ name, client, about }) => {
      const line = new Line(width).gap(2).add(name, sessionColor(styles, name));
      line.gap(nameCells - cellsOf(name) + 2);
      const before = line.left;
      line.add(client, styles.bold, clientCells).gap(clientCells - (before - line.left));
      for (const part of about) line.also(part, undefined, styles.dim);
      return line.toString();
    });
  }
}

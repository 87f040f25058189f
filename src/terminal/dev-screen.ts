/** The block that `mcp dev` prints when it serves: who, where, what to tell a client, and what the server offers. */
import { relative } from "node:path";
import { counted, durationText } from "./durations.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type StartBlock = {
  /** What the server said of itself; undefined when its first start failed. */
  readonly asked: { readonly name: string; readonly version: string } | undefined;
  readonly entry: string;
  readonly project: string;
  /** Where HTTP clients connect; none under stdio. */
  readonly urls: readonly string[];
  /** Others than this machine can connect. */
  readonly isExposed: boolean;
  /** What goes into the configuration of clients that start a server by themselves, where that is of interest. */
  readonly clientEntry: ClientEntry | undefined;
  /** The port that was wanted and is taken, and the one instead. */
  readonly port: { readonly refused: number; readonly taken: number } | undefined;
  /** How many of each; undefined if the server has not said. */
  readonly offer: Readonly<Record<"tools" | "resources" | "templates" | "prompts", number>> | undefined;
  readonly log: string | undefined;
  /** Lines about the .env files; none if nobody wants to know. */
  readonly environment: readonly string[];
  readonly durationMs: number;
  readonly hasKeys: boolean;
};

export type ClientEntry = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
};

type Row = readonly [name: string, ...lines: readonly string[]];

export function startBlock(styles: Styles, about: StartBlock): string {
  const { project, entry, log, port, hasKeys, isExposed } = about;
  const rows: Row[] = [...whereRows(styles, about), ...offerRows(about)];
  if (port !== undefined)
    rows.push(["port", styles.yellow(`${port.refused} is taken, so ${port.taken} is used`)]);
  rows.push(["entry", relative(project, entry)]);
  if (log !== undefined)
    rows.push(["log", `${relative(project, log)}  ${styles.dim("(mcp inspect shows it)")}`]);
  if (about.environment.length > 0) rows.push(["env", ...about.environment]);
  if (about.clientEntry !== undefined) rows.push(["stdio", ...clientEntryLines(about.clientEntry, styles)]);
  const warning = styles.yellow("▲ others in your network can call it too; --host 127.0.0.1 keeps them out");
  return [
    "",
    `  ${title(styles, about)}`,
    "",
    ...rows.flatMap((row) => rowLines(styles, row)),
    ...(isExposed ? ["", `  ${warning}`] : []),
    ...(hasKeys ? ["", `  ${styles.dim("h shows the keys, q ends")}`] : []),
    "",
    "",
  ].join("\n");
}

function title(styles: Styles, { asked, durationMs }: StartBlock): string {
  if (asked === undefined) return `${styles.bold("mcp dev")}  ${styles.red("the server does not start yet")}`;
  const ready = styles.green(`ready in ${durationText(durationMs)}`);
  return `${styles.bold(plainText(asked.name))} ${plainText(asked.version)}  ${ready}`;
}

function whereRows(styles: Styles, { urls }: StartBlock): Row[] {
  if (urls.length === 0) return [["serves", "stdio, the client that started this command"]];
  return [["url", ...urls.map(styles.cyan)]];
}

function offerRows({ offer }: StartBlock): Row[] {
  if (offer === undefined) return [];
  const { tools, resources, templates, prompts } = offer;
  const parts = [counted(tools, "tool"), counted(resources, "resource"), counted(prompts, "prompt")];
  if (templates > 0) parts.push(counted(templates, "resource template"));
  return [["offers", parts.join(", ")]];
}

/** As it stands below `mcpServers`, so that it can be pasted there. */
function clientEntryLines({ name, command, args }: ClientEntry, styles: Styles): string[] {
  const list = args.map((arg) => JSON.stringify(arg)).join(", ");
  return [
    styles.dim("clients that start it themselves have this under mcpServers:"),
    `${JSON.stringify(name)}: {`,
    `  "command": ${JSON.stringify(command)},`,
    `  "args": [${list}]`,
    "}",
  ];
}

function rowLines(styles: Styles, [name, ...lines]: Row): string[] {
  return lines.map((line, index) => `  ${styles.dim((index === 0 ? name : "").padEnd(8))}${line}`);
}

/** The block that `mcp dev` prints when it serves: who, where, what to tell a client, and what the server offers. */
import { relative } from "node:path";
import { counted, durationText } from "./durations.ts";
import { cellsOf, wrap } from "./display-width.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

export type StartBlock = {
  /** What the server said of itself; undefined when its first start failed. */
  readonly asked: { readonly name: string; readonly version: string } | undefined;
  readonly entry: string;
  readonly project: string;
  /** Where HTTP clients connect; none under stdio. */
  readonly urls: readonly string[];
  /** How callers over HTTP prove who they are, as far as it can be said. */
  readonly signIn:
    /** `elsewhere`: the port of this machine that the server sends them to, if that is another one. */
    | { readonly how: "oauth"; readonly elsewhere?: number | undefined }
    | { readonly how: "authenticate"; readonly tokens: readonly string[] }
    | undefined;
  /** Others than this machine can connect. */
  readonly isExposed: boolean;
  /** What goes into the configuration of clients that start a server by themselves, where that is of interest. */
  readonly clientEntry: ClientEntry | undefined;
  /** The port that was wanted and is taken, and the one instead. */
  readonly port: { readonly refused: number; readonly taken: number } | undefined;
  /** How many of each, undefined of a list that fails; undefined if the server has not said. */
  readonly offer:
    Readonly<Record<"tools" | "resources" | "templates" | "prompts", number | undefined>> | undefined;
  readonly log: string | undefined;
  /** Lines about the .env files; none if nobody wants to know. */
  readonly environment: readonly string[];
  readonly durationMs: number;
  readonly hasKeys: boolean;
  /** Columns. */
  readonly width: number;
};

export type ClientEntry = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
};

type Row = readonly [name: string, ...lines: readonly string[]];

/** Cells before what a row says. */
const rowIndent = 10;

export function startBlock(styles: Styles, about: StartBlock): string {
  const { project, entry, log, port, hasKeys, isExposed, width } = about;
  const rows: Row[] = [...whereRows(styles, about), ...offerRows(about)];
  if (port !== undefined)
    rows.push([
      "port",
      ...prose(`${port.refused} is taken, so ${port.taken} is used`, width).map(styles.yellow),
    ]);
  rows.push(["entry", relative(project, entry)]);
  if (log !== undefined) rows.push(["log", ...logLines(relative(project, log), styles, width)]);
  if (about.environment.length > 0) rows.push(["env", ...about.environment]);
  if (about.clientEntry !== undefined)
    rows.push(["stdio", ...clientEntryLines(about.clientEntry, styles, width)]);
  return [
    "",
    `  ${title(styles, about)}`,
    "",
    ...rows.flatMap((row) => rowLines(styles, row)),
    ...(isExposed ? ["", ...exposedLines(styles, width)] : []),
    ...(hasKeys ? ["", `  ${styles.dim("h shows the keys, q ends")}`] : []),
    "",
    "",
  ].join("\n");
}

/** Behind a row's name, broken between words. */
function prose(text: string, width: number): string[] {
  return wrap(text, width - rowIndent, 6);
}

/** The same in one line, for those who want less. */
export function startLine(styles: Styles, about: StartBlock): string {
  const [url] = about.urls;
  const taken = about.port === undefined ? "" : styles.yellow(`  ${about.port.refused} is taken`);
  return `${title(styles, about)}  ${url === undefined ? "stdio" : styles.cyan(url)}${taken}\n`;
}

function exposedLines({ yellow }: Styles, width: number): string[] {
  const warning = "others in your network can call it too; --host 127.0.0.1 keeps them out";
  const lines = wrap(warning, width - 4, 4);
  return lines.map((line, index) => yellow(`  ${index === 0 ? "▲ " : "  "}${line}`));
}

/** A path is never broken by us: it may be copied. */
function logLines(path: string, { dim }: Styles, width: number): string[] {
  const note = "(mcp inspect shows it)";
  const fits = rowIndent + cellsOf(path) + 2 + note.length <= width;
  return fits ? [`${path}  ${dim(note)}`] : [path, dim(note)];
}

function title(styles: Styles, { asked, durationMs }: StartBlock): string {
  if (asked === undefined) return `${styles.bold("mcp dev")}  ${styles.red("the server does not start yet")}`;
  const ready = styles.green(`ready in ${durationText(durationMs)}`);
  return `${styles.bold(plainText(asked.name))} ${plainText(asked.version)}  ${ready}`;
}

function whereRows(styles: Styles, { urls, signIn, width }: StartBlock): Row[] {
  if (urls.length === 0) return [["serves", "stdio, the client that started this command"]];
  const url: Row = ["url", ...urls.map(styles.cyan)];
  if (signIn === undefined) return [url];
  if (signIn.how === "oauth") {
    const text = prose("OAuth: clients sign in through a browser", width);
    const elsewhere = signIn.elsewhere === undefined ? [] : prose(elsewhereText(signIn.elsewhere), width);
    return [url, ["auth", ...text, ...elsewhere.map(styles.yellow)]];
  }
  const text = `Authorization: Bearer <the value of ${signIn.tokens.join(" or ")}>`;
  return [url, ["auth", ...prose(text, width)]];
}

function elsewhereText(port: number): string {
  return `the server sends them to port ${port}; tell it this one, mostly with PORT`;
}

function offerRows({ offer, width }: StartBlock): Row[] {
  if (offer === undefined) return [];
  const { tools, resources, templates, prompts } = offer;
  const always = { tool: tools, resource: resources, prompt: prompts };
  const all = { ...always, "resource template": templates === 0 ? undefined : templates };
  const parts = Object.entries(all).flatMap(([what, count]) =>
    count === undefined ? [] : counted(count, what),
  );
  return [["offers", ...prose(parts.join(", "), width)]];
}

/** As it stands below `mcpServers`, so that it can be pasted there. */
function clientEntryLines({ name, command, args }: ClientEntry, styles: Styles, width: number): string[] {
  const list = args.map((arg) => JSON.stringify(arg));
  const inOne = `  "args": [${list.join(", ")}]`;
  const last = list.length - 1;
  const inMany = list.map((arg, index) => `    ${arg}${index === last ? "" : ","}`);
  return [
    ...prose("clients that start it themselves have this under mcpServers:", width).map(styles.dim),
    `${JSON.stringify(name)}: {`,
    `  "command": ${JSON.stringify(command)},`,
    ...(rowIndent + cellsOf(inOne) <= width ? [inOne] : [`  "args": [`, ...inMany, "  ]"]),
    "}",
  ];
}

function rowLines(styles: Styles, [name, ...lines]: Row): string[] {
  return lines.map((line, index) => `  ${styles.dim((index === 0 ? name : "").padEnd(8))}${line}`);
}

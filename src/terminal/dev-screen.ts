/** The block that `mcp dev` prints when it serves: who, where, and what to tell a client. */
import { relative } from "node:path";
import type { Styles } from "./styles.ts";

export type StartBlock = {
  /** What the server said of itself; undefined when its first start failed. */
  readonly asked: { readonly name: string; readonly version: string } | undefined;
  readonly entry: string;
  readonly project: string;
  /** Where HTTP clients connect; undefined under stdio. */
  readonly url: string | undefined;
  /** The port that was wanted and is taken. */
  readonly refusedPort: number | undefined;
  readonly log: string | undefined;
  readonly startedAt: number;
};

export function startBlock(styles: Styles, about: StartBlock): string {
  const { asked, entry, project, url, refusedPort, log, startedAt } = about;
  const title =
    asked === undefined
      ? `${styles.bold("mcp dev")} ${styles.red("the server does not start yet")}`
      : `${styles.bold(asked.name)} ${styles.dim(asked.version)} ${styles.green(`ready in ${Date.now() - startedAt} ms`)}`;
  const rows: [string, string][] = [["entry", relative(project, entry)]];
  if (url === undefined) rows.push(["serves", "stdio, the client that started this command"]);
  else rows.push(["url", styles.cyan(url)]);
  if (refusedPort !== undefined)
    rows.push(["port", styles.yellow(`${refusedPort} is taken, so another one is used`)]);
  if (log !== undefined) rows.push(["log", styles.dim(`${relative(project, log)}  (mcp inspect shows it)`)]);
  const body = rows.map(([name, text]) => `  ${styles.dim(name.padEnd(7))}${text}`);
  return ["", `  ${title}`, "", ...body, "", ""].join("\n");
}

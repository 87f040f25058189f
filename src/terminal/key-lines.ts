/** The keys of `mcp dev`, each with what it does. */
import type { Styles } from "./styles.ts";

const keys = [
  ["r", "reload from scratch"],
  ["s", "sessions that are open"],
  ["l", "list what the server offers"],
  ["t", "call a tool"],
  ["e", "expand the last call: arguments and answer in full"],
  ["i", "start the MCP Inspector on this server, and end it"],
  ["c", "clear the screen"],
  ["q", "quit; Ctrl-C too, twice ends at once"],
] as const;

export function keyLines({ bold, dim }: Styles): string[] {
  const note = dim("  clients that start the server themselves: mcp install prints what they need");
  return ["", ...keys.map(([key, what]) => `  ${bold(key)}  ${what}`), "", note, ""];
}

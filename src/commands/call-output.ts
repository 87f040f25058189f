/** Where the results of `mcp call` go: results to standard output, all that comes on the way to standard error. */
import type { Notification } from "@modelcontextprotocol/sdk/types.js";
import type { Offer } from "../client/offer.ts";
import { logText, progressText, type ResultView } from "../terminal/call-result.ts";
import { printFailure } from "../terminal/failure.ts";
import { linesOf, plainText } from "../terminal/plain-text.ts";
import { stylesFor } from "../terminal/styles.ts";
import { offerText } from "./offer-text.ts";

const widthElsewhere = 100;

export function viewOf(stream: NodeJS.WriteStream): ResultView {
  const plain = (text: string): string => linesOf(text, Infinity).map(plainText).join("\n");
  return {
    styles: stylesFor(stream),
    width: stream.isTTY ? stream.columns : widthElsewhere,
    plain: stream.isTTY ? plain : (text) => text,
  };
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** A tool that failed says so itself. */
export function printToolError(text: string, name: string): void {
  const [first = "it gives no reason", ...rest] = linesOf(text, Infinity).map(plainText);
  printFailure(process.stderr, `${name} failed: ${first}`, undefined);
  for (const line of rest) process.stderr.write(`${line}\n`);
}

export function printProgress(progress: unknown): void {
  note("…", progressText(progress));
}

export function printNotification({ method, params }: Notification): void {
  if (method !== "notifications/message") return;
  const { level, text } = logText(params);
  note(level, text);
}

export function printServerLine(line: string): void {
  process.stderr.write(`${stylesFor(process.stderr).dim(plainText(line))}\n`);
}

function note(mark: string, text: string): void {
  const { yellow, red, cyan } = stylesFor(process.stderr);
  const style = /error|critical|alert|emergency/.test(mark) ? red : mark === "warning" ? yellow : cyan;
  process.stderr.write(`${style(mark)} ${plainText(text)}\n`);
}

export function printOffer(offer: Offer): void {
  const { styles, width } = viewOf(process.stdout);
  process.stdout.write(`${offerText(offer, styles, width).join("\n")}\n`);
}

/** What the body of an HTTP error says, without the JSON around it. */
import { textField } from "./foreign.ts";

/** Of JSON-RPC (`error.message`), OAuth (RFC 6749, `error_description`), and what servers commonly write; else the text. */
export function refusalText(body: string): string {
  const text = body.trim();
  if (!text.startsWith("{")) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return (
    textField(value, "error", "message") ??
    textField(value, "error_description") ??
    textField(value, "message") ??
    textField(value, "error") ??
    text
  ).trim();
}

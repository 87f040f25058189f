/** Gives each session its own colour, the same one wherever its name is shown. */
import type { Style, Styles } from "./styles.ts";

/** Red and yellow are left for what went wrong. */
const palette = ["cyan", "magenta", "green", "blue"] as const;

export function sessionColor(styles: Styles, session: string): Style {
  const index = indexOf(session);
  const color = styles[palette[index % palette.length] ?? "cyan"];
  const isBold = Math.floor(index / palette.length) % 2 === 1;
  return isBold ? (text) => styles.bold(color(text)) : color;
}

function indexOf(session: string): number {
  const number = Number(session.slice(1, 9));
  if (session.startsWith("s") && Number.isInteger(number) && number > 0) return number - 1;
  let hash = 0;
  for (let at = 0; at < session.length && at < 64; at++) hash = (hash * 31 + session.charCodeAt(at)) >>> 0;
  return hash;
}

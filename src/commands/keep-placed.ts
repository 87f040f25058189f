/** Keeps what was placed: that what it has replaced cannot be removed is worth a warning, and no failure. */
import type { Placed } from "../scaffold/place.ts";
import { LeftBehind } from "../scaffold/undo.ts";
import { plainText } from "../terminal/plain-text.ts";
import { stylesFor } from "../terminal/styles.ts";

export async function keepPlaced(placed: Placed): Promise<void> {
  try {
    await placed.keep();
  } catch (error) {
    if (!(error instanceof LeftBehind)) throw error;
    const { yellow } = stylesFor(process.stderr);
    process.stderr.write(`${yellow("warning")} ${plainText(`${error.message}; ${error.hint ?? ""}`)}\n`);
  }
}

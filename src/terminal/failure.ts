/** How an expected failure looks: what is wrong, and below it what to do. */
import { plainText } from "./plain-text.ts";
import { stylesFor } from "./styles.ts";

export function printFailure(stream: NodeJS.WriteStream, message: string, hint: string | undefined): void {
  const styles = stylesFor(stream);
  stream.write(`${styles.red("error")} ${harmless(message)}\n`);
  if (hint !== undefined) stream.write(`${styles.dim("      ")}${styles.dim(harmless(hint))}\n`);
}

/** A server's words may be in it, or a name from the command line. */
function harmless(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}

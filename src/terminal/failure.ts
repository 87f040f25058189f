/** How an expected failure looks: what is wrong, and below it what to do. */
import { stylesFor } from "./styles.ts";

export function printFailure(stream: NodeJS.WriteStream, message: string, hint: string | undefined): void {
  const styles = stylesFor(stream);
  stream.write(`${styles.red("error")} ${message}\n`);
  if (hint !== undefined) stream.write(`${styles.dim("      ")}${styles.dim(hint)}\n`);
}

/** Finds the message in a line that begins with something else: a server wrote there without a line feed of its own. */

/** What is printed has few braces; a line that is no message may have a million of them. */
const triesMax = 64;

/**
 * Gives `take` the line or, if that is no message, what begins at each of its braces, until it takes one.
 * Returns what stands before it; the whole line if there is none.
 */
export function beforeMessage(line: string, take: (text: string) => boolean): string {
  if (!line.includes('"jsonrpc"')) return line;
  let start = line.indexOf("{");
  for (let tries = 0; start !== -1 && tries < triesMax; tries++) {
    if (take(line.slice(start))) return line.slice(0, start);
    start = line.indexOf("{", start + 1);
  }
  return line;
}

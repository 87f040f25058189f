/** Puts something before what a standard stream does with what is written to it. */

export type Write = (chunk: unknown, ...rest: unknown[]) => boolean;
type Standard = "stdout" | "stderr";

/**
 * Returns a function that takes it away again, whatever somebody else has put before it meanwhile.
 * @param before returns whether it has dealt with the chunk, which then goes no further.
 */
export function replaceWrite(name: Standard, before: (chunk: unknown) => boolean): () => void {
  const stream = process[name] as unknown as { write: Write };
  const write = stream.write;
  let isOn = true;
  const replaced: Write = (chunk, ...rest) => {
    if (!isOn || !before(chunk)) return write.call(stream, chunk, ...rest);
    const callback = rest.at(-1);
    if (typeof callback === "function") process.nextTick(callback);
    return true;
  };
  stream.write = replaced;
  return () => {
    isOn = false;
    if (stream.write === replaced) stream.write = write;
  };
}

/** Cuts bytes as a pipe or a socket might. */
export function chunks(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = Number(sizes.next().value);
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}

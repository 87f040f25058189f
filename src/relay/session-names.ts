/** Our short names of sessions: `s1`, `s2`, … in the order in which they came to be. */
export function serialNames(): () => string {
  let count = 0;
  return () => `s${++count}`;
}

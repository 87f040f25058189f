/** The part of V8's heap that new objects are made in. */
import { setFlagsFromString } from "node:v8";

/**
 * Keeps it as small as it is now. V8 doubles it as objects survive, up to 32 MiB (128 in Node 24), which is for programs
 * that compute much at once; a relay for hundreds of sessions would hold that memory for nothing. V8 reads this flag
 * each time that it would grow, so it works in a running process. It belongs behind the start: code that Node has cached
 * for other flags is not used any more.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** The part of V8's heap that new objects are made in. */
import { setFlagsFromString } from "node:v8";

/**
 * Keeps it as small as it is at the start. V8 doubles it as objects survive, up to 32 MiB (128 in Node 24), which is
 * for programs that compute much at once; a relay for hundreds of sessions would hold that memory for nothing. V8 reads
 * this flag each time that it would grow, so it may be set in a running process, which Node leaves to the flag.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

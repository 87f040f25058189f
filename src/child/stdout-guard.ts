/** Keeps standard output for the protocol: what else is written there is reported with the line that wrote it. */
import { fileURLToPath } from "node:url";
import { reportAtOnce } from "./channel.ts";
import { replaceWrite } from "./replace-write.ts";

/** Returns a function that takes the guard away again. */
export function guardStdout(): () => void {
  return replaceWrite("stdout", function guard(chunk) {
    const text =
      typeof chunk === "string"
        ? chunk
        : chunk instanceof Uint8Array
          ? Buffer.from(chunk).toString()
          : undefined;
    if (text === undefined || isProtocol(text)) return false;
    const source = callerOutsideNode();
    reportAtOnce({ type: "noise", text, ...(source === undefined ? {} : { source }) });
    return true;
  });
}

/** The SDK's stdio transport writes one whole message with its line feed per call. */
function isProtocol(text: string): boolean {
  return text.startsWith("{") && text.endsWith("}\n") && text.includes('"jsonrpc":"2.0"');
}

/** `file:line:column` of the nearest caller that is neither Node nor this package nor somebody's dependency. */
function callerOutsideNode(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = limit;
  // A loader with source maps writes paths where Node writes URLs.
  const own = [import.meta.url, fileURLToPath(import.meta.url)];
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/?[^()\s][^()]*?):(\d+):(\d+)\)?$/.exec(
      frame.trim().replace(/^at /, ""),
    );
    const file = place?.[1];
    if (file === undefined || file.startsWith("node:") || own.includes(file)) continue;
    const path = file.startsWith("file:") ? fileURLToPath(file) : file.slice(file.lastIndexOf(" ") + 1);
    if (!path.includes("/node_modules/")) return `${path}:${String(place?.[2])}:${String(place?.[3])}`;
  }
  return undefined;
}

/** Turns whatever was thrown into what the supervisor can show. */
import { fileURLToPath } from "node:url";
import type { ErrorReport } from "./messages.ts";

/** Ours has nothing to do with it. */
const ownFile = fileURLToPath(import.meta.url);

export function errorReport(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown) };
  const location = compilerLocation(thrown);
  return {
    name: thrown.name,
    message: thrown.message,
    ...(thrown.stack === undefined ? {} : { stack: withoutOwnFrames(thrown.stack) }),
    ...(location === undefined ? {} : { location }),
  };
}

function withoutOwnFrames(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => !line.includes(ownFile))
    .join("\n");
}

/** esbuild, which tsx compiles with, puts `errors: [{ location: { file, line, column, lineText } }]` on what it throws. */
function compilerLocation(error: Error): ErrorReport["location"] {
  if (!("errors" in error) || !Array.isArray(error.errors)) return undefined;
  const first: unknown = error.errors[0];
  if (typeof first !== "object" || first === null || !("location" in first)) return undefined;
  const place = first.location;
  if (typeof place !== "object" || place === null) return undefined;
  const { file, line, column, lineText } = place as Record<string, unknown>;
  if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return undefined;
  return { file, line, column, ...(typeof lineText === "string" ? { lineText } : {}) };
}

/** The records of what happens to children: a start, a switch, a failed start, a crash. */
import { relative } from "node:path";
import type { ErrorReport } from "../child/messages.ts";
import type { RecordInput, ReloadRecord } from "../log/record.ts";
import { errorHint } from "./error-hint.ts";
import { sourceFrame } from "./source-frame.ts";
import type { Cause } from "./supervisor-options.ts";

/** @param project the folder that paths are shown relative to. */
export function startedRecord(generation: number, cause: Cause, project: string): RecordInput {
  return { kind: "reload", event: "started", generation, ...whatFor(cause, project) };
}

export function servingRecord(generation: number, cause: Cause, project: string): RecordInput {
  const duration = { duration_ms: Date.now() - cause.at };
  return { kind: "reload", event: "serving", generation, ...duration, ...whatFor(cause, project) };
}

/** @param serving the generation that goes on serving, if there is one. */
export function failedRecord(
  generation: number,
  error: ErrorReport,
  cause: Cause,
  project: string,
  serving: number | undefined,
): RecordInput {
  const { name, message, stack, related } = error;
  const hint = errorHint(error, project);
  return {
    kind: "reload",
    event: "failed",
    generation,
    duration_ms: Date.now() - cause.at,
    ...whatFor(cause, project),
    body: {
      name,
      message,
      ...(stack === undefined ? {} : { stack }),
      ...(related === undefined ? {} : { related }),
      ...sourceFrame(error, project),
      ...(hint === undefined ? {} : { hint }),
      ...(serving === undefined ? {} : { servingGeneration: serving }),
    },
  };
}

/** @param project where given, the source lines around the place are shown. */
export function errorRecord(generation: number, error: ErrorReport, project?: string): RecordInput {
  const { name, message, stack, related } = error;
  const frame = project === undefined || stack === undefined ? undefined : sourceFrame(error, project);
  const about = {
    ...(name === "Error" ? {} : { name }),
    ...(stack === undefined ? {} : { stack }),
    ...(related === undefined ? {} : { related }),
  };
  return { kind: "error", generation, body: { message, ...about, ...frame } };
}

function whatFor({ files, trigger }: Cause, project: string): Pick<ReloadRecord, "files" | "trigger"> {
  return {
    ...(files.length === 0 ? {} : { files: files.map((file) => relative(project, file)) }),
    ...(trigger === undefined ? {} : { trigger }),
  };
}

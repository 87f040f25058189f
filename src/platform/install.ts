/** Runs a package manager's install, passes on each line that it prints, and says how it ended. */
import { runProgram, Tail, type ProgramRun } from "./run-program.ts";

export type InstallOutcome =
  | { readonly kind: "installed" }
  /** The manager itself is not there. */
  | { readonly kind: "missing" }
  /** `offline`: the network error's code, where the registry was never reached. */
  | { readonly kind: "failed"; readonly offline: string | undefined; readonly tail: readonly string[] };

const tailLines = 12;
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|ConnectionRefused|FailedToOpenSocket)\b/;
const answered = /^npm http fetch \S+ [23]\d\d |\bdownloaded [1-9]/;
/** A package manager tries for minutes, package by package; after so many failures and no answer there is no network. */
const failuresUntilOffline = 2;

/** Rejects only when aborted, once the package manager has ended. */
export async function install(run: ProgramRun): Promise<InstallOutcome> {
  const tail = new Tail(tailLines);
  const givenUp = new AbortController();
  let offline: string | undefined;
  let failures = 0;
  const end = await runProgram({
    ...run,
    signal: AbortSignal.any([run.signal, givenUp.signal]),
    onLine: (line) => {
      run.onLine(line);
      if (answered.test(line)) failures = Number.NEGATIVE_INFINITY;
      const code = unreachable.exec(line)?.[1];
      if (code !== undefined && ++failures >= failuresUntilOffline) {
        offline = code;
        givenUp.abort();
      }
      if (!isNoise(line)) tail.push(line);
    },
  });
  run.signal.throwIfAborted();
  if (end === "succeeded") return { kind: "installed" };
  if (end === "missing") return { kind: "missing" };
  return { kind: "failed", offline, tail: tail.lines };
}

/** npm's line for each request, which is what its progress is counted by. */
function isNoise(line: string): boolean {
  return line.startsWith("npm http ") || line.startsWith("npm verbose ");
}

/** Runs a package manager's install, passes on each line that it prints, and says how it ended. */
import { execa } from "execa";

export type InstallOutcome =
  | { readonly kind: "installed" }
  /** The manager itself is not there. */
  | { readonly kind: "missing" }
  /** `offline`: the network error's code, where the registry was never reached. */
  | { readonly kind: "failed"; readonly offline: string | undefined; readonly tail: readonly string[] };

export type InstallRun = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables that must not reach the package manager. */
  readonly without: readonly string[];
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

const tailLines = 12;
const killAfterMs = 5000;
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|ConnectionRefused|FailedToOpenSocket)\b/;
const answered = /^npm http fetch \S+ [23]\d\d |\bdownloaded [1-9]/;
/** A package manager tries for minutes, package by package; after so many failures and no answer there is no network. */
const failuresUntilOffline = 2;

/** Rejects only when aborted, once the package manager has ended. */
export async function install(run: InstallRun): Promise<InstallOutcome> {
  const { file, args, cwd, without, signal, onLine } = run;
  const tail: string[] = [];
  let offline: string | undefined;
  let failures = 0;
  const child = execa(file, args, {
    cwd,
    env: Object.fromEntries(without.map((name) => [name, undefined])),
    stdin: "ignore",
    all: true,
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: killAfterMs,
  });
  const read = async (): Promise<void> => {
    for await (const line of child.iterable({ from: "all" })) {
      onLine(line);
      if (answered.test(line)) failures = Number.NEGATIVE_INFINITY;
      const code = unreachable.exec(line)?.[1];
      if (code !== undefined && ++failures >= failuresUntilOffline) {
        offline = code;
        child.kill();
      }
      if (isNoise(line)) continue;
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
    }
  };
  const [result] = await Promise.all([child, read().catch(() => undefined)]);
  signal.throwIfAborted();
  if (!result.failed) return { kind: "installed" };
  if (result.code === "ENOENT") return { kind: "missing" };
  return { kind: "failed", offline, tail };
}

/** npm's line for each request, which is what its progress is counted by. */
function isNoise(line: string): boolean {
  return line.trim() === "" || line.startsWith("npm http ") || line.startsWith("npm verbose ");
}

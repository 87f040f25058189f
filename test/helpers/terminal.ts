/** A program at a terminal, as a person has it: what is on the screen, and keys. */
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";

export type Terminal = {
  readonly pid: number;
  /** Waits until the text is on the screen, after everything that was waited for before. */
  readonly see: (text: string) => Promise<void>;
  /** All that was printed so far, without colours; with them if `raw`. */
  readonly screen: () => string;
  readonly raw: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number) => void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Resolves when the program is gone. */
  readonly kill: () => Promise<void>;
};

export type TerminalOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
};

export const keys = {
  enter: "\r",
  down: "\u001B[B",
  ctrlC: "\u0003",
  ctrlZ: "\u001A",
  clearLine: "\u0015",
} as const;

const seeTimeoutMs = 20_000;

export function openTerminal(file: string, args: readonly string[], options: TerminalOptions): Terminal {
  const { cwd, env, columns = 120 } = options;
  const pty = spawn(file, [...args], {
    ...{ cwd, cols: columns, rows: 40, name: "xterm-256color" },
    env: { ...env, TERM: "xterm-256color" },
  });
  let seen = "";
  let from = 0;
  let look = (): void => undefined;
  pty.onData((data) => {
    seen += data;
    look();
  });
  let running = true;
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      running = false;
      look();
      resolve(exitCode);
    });
  });
  return {
    pid: pty.pid,
    ended,
    screen: () => textOf(seen),
    raw: () => seen,
    type: (text) => pty.write(text),
    resize: (to) => pty.resize(to, 40),
    kill: async () => {
      // What closing a terminal's window does; a shell passes it on to its jobs.
      const hangUp = (): void => {
        if (running) pty.kill("SIGHUP");
      };
      hangUp();
      // A shell that is about to read a line misses it now and then.
      const again = setInterval(hangUp, 500);
      await ended;
      clearInterval(again);
    },
    see: (text) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          look = () => undefined;
          reject(new Error(`${why} "${text}":\n${textOf(seen).slice(from)}`));
        };
        const timer = setTimeout(() => fail("never showed"), seeTimeoutMs);
        look = () => {
          const at = textOf(seen).indexOf(text, from);
          if (at >= 0) {
            from = at + text.length;
            look = () => undefined;
            clearTimeout(timer);
            resolve();
          } else if (!running) {
            clearTimeout(timer);
            fail("ended without");
          }
        };
        look();
      }),
  };
}

/** Without colours, cursor movements and the returns before line feeds. */
function textOf(printed: string): string {
  return stripVTControlCharacters(printed).replaceAll("\r", "");
}

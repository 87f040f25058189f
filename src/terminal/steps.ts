/** Steps of a longer task: a line that moves while one runs on a terminal, and one line that stays when it is done. */
import { stylesFor } from "./styles.ts";

export type Step = {
  /** What is happening right now; shown on a terminal only. */
  readonly update: (detail: string) => void;
  readonly done: (text: string) => void;
  readonly skipped: (text: string) => void;
  readonly failed: (text: string) => void;
  /** Takes the moving line away and says nothing. */
  readonly clear: () => void;
};

export type StepScreen = { readonly start: (label: string) => Step };

type Stream = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 80;
const fallbackColumns = 80;

export function stepScreen(stream: Stream): StepScreen {
  const styles = stylesFor(stream);
  return {
    start: (label) => {
      const startedAt = performance.now();
      let detail = "";
      const draw = (): void => {
        const elapsedMs = performance.now() - startedAt;
        const frame = frames[Math.floor(elapsedMs / frameMs) % frames.length] ?? "";
        const room = (stream.columns ?? fallbackColumns) - 6;
        const line = `${label} ${seconds(elapsedMs)}${detail === "" ? "" : `  ${detail}`}`.slice(0, room);
        stream.write(`\r\u001B[2K  ${styles.cyan(frame)} ${line}`);
      };
      const timer = stream.isTTY === true ? setInterval(draw, frameMs) : undefined;
      const end = (line?: string): void => {
        clearInterval(timer);
        if (timer !== undefined) stream.write("\r\u001B[2K");
        if (line !== undefined) stream.write(`${line}\n`);
      };
      return {
        update: (text) => {
          detail = text;
        },
        done: (text) => end(`  ${styles.green("✔")} ${text}`),
        skipped: (text) => end(`  ${styles.yellow("–")} ${text}`),
        failed: (text) => end(`  ${styles.red("✖")} ${text}`),
        clear: () => end(),
      };
    },
  };
}

export function seconds(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${Math.round(elapsedMs)} ms` : `${(elapsedMs / 1000).toFixed(1)} s`;
}

/** For --json: the same steps, unseen. */
export const noSteps: StepScreen = {
  start: () => {
    const nothing = (): void => undefined;
    return { update: nothing, done: nothing, skipped: nothing, failed: nothing, clear: nothing };
  },
};

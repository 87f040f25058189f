/** A request that was sent again: whether its answer is the same, and what of it is not. */
import { fit } from "./display-width.ts";
import { textField } from "./foreign.ts";
import { dayText, localTime } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import type { Styles } from "./styles.ts";

type View = {
  readonly method: string;
  readonly params: unknown;
  readonly skipped?: string;
  readonly differences: readonly {
    readonly path: string;
    readonly recorded?: unknown;
    readonly now?: unknown;
  }[];
};

const mostShown = 20;

type Source = { readonly session: string; readonly log: string; readonly recordedAt: string };

export function sourceLine({ session, log, recordedAt }: Source, { dim }: Styles): string {
  const time = localTime(recordedAt);
  const when = time === undefined ? "" : `, recorded ${dayText(time.day)} ${time.text.slice(0, 8)}`;
  return dim(plainText(`session ${session} of ${log}${when}`));
}

export function replayedLines(view: View, styles: Styles, width: number): string[] {
  const { method, params, skipped, differences } = view;
  const of = textField(params, "name") ?? textField(params, "uri");
  const args = JSON.stringify(argumentsOf(params));
  const what = plainText([method, of, args === "{}" ? undefined : args].filter(Boolean).join(" "));
  const head = fit(what, width - 2);
  if (skipped !== undefined) return [`${styles.yellow("–")} ${head}`, styles.dim(`    left out: ${skipped}`)];
  if (differences.length === 0) return [`${styles.green("✔")} ${head}`];
  const line = (sign: string, value: unknown): string => {
    const text = fit(plainText(`      ${sign} ${JSON.stringify(value)}`), width);
    return sign === "-" ? styles.red(text) : styles.green(text);
  };
  const shown = differences
    .slice(0, mostShown)
    .flatMap((one) => [
      fit(`    ${plainText(one.path)}`, width),
      ...("recorded" in one ? [line("-", one.recorded)] : []),
      ...("now" in one ? [line("+", one.now)] : []),
    ]);
  const more = differences.length - mostShown;
  return [`${styles.red("✗")} ${head}`, ...shown, ...(more > 0 ? [styles.dim(`    and ${more} more`)] : [])];
}

export function replaySummary(total: number, compared: number, different: number, styles: Styles): string {
  const leftOut = total === compared ? "" : `, ${total - compared} left out`;
  const count = `${compared} ${compared === 1 ? "answer" : "answers"} compared`;
  if (different === 0) return `${styles.green("same")}: ${count}${leftOut}`;
  return `${styles.red("different")}: ${different} of ${count}${leftOut}`;
}

function argumentsOf(params: unknown): unknown {
  return typeof params === "object" && params !== null && "arguments" in params ? params.arguments : {};
}

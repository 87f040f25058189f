/** Shows a payload below its line: indented JSON, coloured, long values wrapped to the screen. */
import { linesOf } from "./plain-text.ts";
import { cellsOf, wrap } from "./display-width.ts";
import { isObject } from "./foreign.ts";
import { Line } from "./line.ts";
import type { Style, Styles } from "./styles.ts";

/** Deeper than this there is no room left to indent. */
const deepest = 24;
const mostLinesOfOneValue = 400;

/** Two to indent, the bar, and a space. */
const barCells = 4;
/** In less than this no text can be read. */
const leastTextCells = 20;

type Place = { readonly indent: number; readonly label: string; readonly end: string };

/**
 * @param texts `escaped`: all of it is JSON. `readable`: a text of several lines, or that is JSON itself as many tools
 * answer, stands below its key behind a bar, as it is meant.
 */
export function prettyJson(
  value: unknown,
  styles: Styles,
  width: number,
  indent: number,
  texts: "escaped" | "readable" = "escaped",
): string[] {
  const lines: string[] = [];
  write(value, { indent, label: "", end: "" });
  return lines;

  function write(current: unknown, place: Place): void {
    const isTooDeep = place.indent >= indent + deepest * 2;
    if (Array.isArray(current)) {
      const items: readonly unknown[] = current;
      if (items.length === 0) scalar("[]", styles.dim, place);
      else if (isTooDeep) scalar("[…]", styles.dim, place);
      else
        nested("[", "]", place, () =>
          items.forEach((item, index) =>
            write(item, { indent: place.indent + 2, label: "", end: index < items.length - 1 ? "," : "" }),
          ),
        );
    } else if (isObject(current)) {
      const keys = Object.keys(current);
      if (keys.length === 0) scalar("{}", styles.dim, place);
      else if (isTooDeep) scalar("{…}", styles.dim, place);
      else
        nested("{", "}", place, () =>
          keys.forEach((key, index) =>
            write(current[key], {
              indent: place.indent + 2,
              label: JSON.stringify(key),
              end: index < keys.length - 1 ? "," : "",
            }),
          ),
        );
    } else if (typeof current === "string") {
      const rows = texts === "readable" ? readable(current, width - place.indent - barCells) : undefined;
      if (rows === undefined) scalar(JSON.stringify(current), styles.green, place);
      else barred(rows, place);
    } else scalar(String(current), current === null ? styles.dim : styles.yellow, place);
  }

  function nested(open: string, close: string, place: Place, inside: () => void): void {
    lines.push(begin(place).add(open, styles.dim).toString());
    inside();
    lines.push(new Line(width).gap(place.indent).add(`${close}${place.end}`, styles.dim).toString());
  }

  function scalar(text: string, style: Style, place: Place): void {
    const first = begin(place);
    if (
      cellsOf(text.slice(0, first.left + 1)) + place.end.length <= first.left &&
      text.length <= first.left
    ) {
      lines.push(first.add(text, style).add(place.end, styles.dim).toString());
      return;
    }
    const room = Math.max(8, width - place.indent - 2);
    if (place.label !== "") lines.push(first.toString());
    for (const part of wrap(`${text}${place.end}`, room, mostLinesOfOneValue))
      lines.push(
        new Line(width)
          .gap(place.indent + (place.label === "" ? 0 : 2))
          .add(part, style)
          .toString(),
      );
  }

  function readable(text: string, cells: number): string[] | undefined {
    if (cells < leastTextCells) return undefined;
    const json = structured(text);
    if (json !== undefined) return prettyJson(json, styles, cells, 0, "readable");
    if (!text.trimEnd().includes("\n")) return undefined;
    return linesOf(text, mostLinesOfOneValue + 1).flatMap((line) =>
      wrap(line, cells, mostLinesOfOneValue).map((part) =>
        new Line(cells).add(part, styles.green).toString(),
      ),
    );
  }

  function barred(rows: readonly string[], place: Place): void {
    if (place.label !== "") lines.push(begin(place).toString());
    const bar = `${" ".repeat(place.indent + 2)}${styles.dim("│")} `;
    for (const row of rows.slice(0, mostLinesOfOneValue)) lines.push(`${bar}${row}`.trimEnd());
    if (rows.length > mostLinesOfOneValue) lines.push(`${bar}${styles.dim("… and more")}`);
  }

  function begin(place: Place): Line {
    const line = new Line(width).gap(place.indent);
    return place.label === "" ? line : line.add(place.label, styles.cyan).add(": ", styles.dim);
  }
}

/** What a text holds that is JSON as a whole, if it is a list or an object with something in it. */
function structured(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

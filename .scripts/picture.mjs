// Draws .assets/demo.svg: runs the demo in a terminal of its own and draws what was on its screen.
import { spawn } from "@lydell/node-pty";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, ".assets/demo.svg");
const columns = 104;
const timeLimitMs = 120_000;

const cell = { width: 7.85, height: 19 };
const fontSize = 13;
const margin = { side: 22, top: 52, bottom: 20 };
const background = "#0d1117";
const foreground = "#d1d7e0";
/** SGR 30 to 37 and 90 to 97. */
const colors = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#d1d7e0"];
const brightColors = ["#848d97", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#76e3ea", "#ffffff"];

const output = await record();
// The demo works in a temporary folder; its name says nothing.
const told = output.replace(/(?:\/[^\s/]+)*\/fastmcp-demo-\w+\/my-server/g, "~/my-server");
await mkdir(join(root, ".assets"), { recursive: true });
await writeFile(target, draw(rowsOf(told)));

/** What the demo writes until it waits for Ctrl-C, which it then gets. */
async function record() {
  // Colours as on any terminal, whatever the one that draws has.
  const env = { ...process.env, TERM: "xterm-256color" };
  delete env.NO_COLOR;
  delete env.FORCE_COLOR;
  const terminal = spawn("npm", ["run", "--silent", "demo"], {
    cols: columns,
    rows: 60,
    cwd: root,
    env,
  });
  let text = "";
  let whole;
  terminal.onData((data) => {
    if (whole !== undefined) return;
    text += data;
    if (!/Ctrl-C +ends it[^\n]*\n/.test(text)) return;
    whole = text;
    terminal.write("\x03");
  });
  const timer = setTimeout(() => terminal.kill(), timeLimitMs);
  await new Promise((resolve) => terminal.onExit(resolve));
  clearTimeout(timer);
  if (whole === undefined) throw new Error(`the demo did not come to its end:\n${text}`);
  return whole;
}

/**
 * The rows of a screen that is high enough. What a terminal would do and this does not is an error: the picture shows
 * what was there.
 */
function rowsOf(text) {
  const rows = [[]];
  let style = {};
  let column = 0;
  // eslint-disable-next-line no-control-regex
  for (const [token, parameters, command] of text.matchAll(/\x1b\[([\d;?]*)([a-zA-Z])|[^]/gu)) {
    const row = rows.at(-1);
    if (command === "m") style = styled(style, parameters);
    else if (command === "K") row.splice(parameters === "2" ? 0 : column);
    else if (command !== undefined) throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
    else if (token === "\r") column = 0;
    else if (token === "\n") rows.push([]);
    else if (/\p{Cc}/u.test(token)) throw new Error(`unknown control character ${JSON.stringify(token)}`);
    else {
      if (column === columns) {
        rows.push([]);
        column = 0;
      }
      const current = rows.at(-1);
      while (current.length < column) current.push({ text: " ", style: {} });
      current[column++] = { text: token, style };
    }
  }
  while (rows.at(-1).length === 0) rows.pop();
  return rows;
}

/** ECMA-48, select graphic rendition. */
function styled(style, parameters) {
  let next = { ...style };
  for (const code of parameters.split(";").map(Number)) {
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 27) next.inverse = false;
    else if (code === 39) next.color = undefined;
    else if (code >= 30 && code <= 37) next.color = colors[code - 30];
    else if (code >= 90 && code <= 97) next.color = brightColors[code - 90];
    else throw new Error(`unknown graphic rendition ${code}`);
  }
  return next;
}

function draw(rows) {
  const width = Math.ceil(columns * cell.width + 2 * margin.side);
  const height = Math.ceil(rows.length * cell.height + margin.top + margin.bottom);
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, index) => `<circle cx="${24 + index * 20}" cy="22" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">A terminal that ran: npm run demo</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9.5" fill="${background}" stroke="#30363d"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace" font-size="${fontSize}" fill="${foreground}">`,
    `<text x="${width / 2}" y="26.5" text-anchor="middle" fill="#848d97">npm run demo</text>`,
    ...rows.flatMap((row, index) => runsOf(row).map((run) => drawRun(run, index))),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Neighbours that look the same; lines and gaps are on their own, so that no font can move what follows. */
function runsOf(row) {
  const runs = [];
  for (const [column, { text, style }] of row.entries()) {
    const last = runs.at(-1);
    const joins =
      last?.style === style &&
      isRule(last.text) === isRule(text) &&
      !(last.text.endsWith("  ") && text !== " ");
    if (joins) last.text += text;
    else runs.push({ column, text, style });
  }
  return runs.filter(({ text, style }) => text.trim() !== "" || style.inverse);
}

function isRule(text) {
  return text.startsWith("─");
}

function drawRun({ column, text, style }, row) {
  const start = text.length - text.trimStart().length;
  const shown = style.inverse ? text : text.trim();
  const x = margin.side + (column + (style.inverse ? 0 : start)) * cell.width;
  const length = shown.length * cell.width;
  const top = margin.top + row * cell.height;
  const middle = top + cell.height / 2;
  const color = style.color ?? foreground;
  const opacity = style.dim ? ' opacity="0.62"' : "";
  if (isRule(shown)) {
    return `<path d="M${round(x)} ${round(middle)}h${round(length)}" stroke="${color}"${opacity}/>`;
  }
  const behind = style.inverse
    ? `<rect x="${round(x)}" y="${top}" width="${round(length)}" height="${cell.height}" fill="${color}"${opacity}/>`
    : "";
  const fill = style.inverse ? ` fill="${background}"` : style.color ? ` fill="${color}"` : "";
  const weight = style.bold ? ' font-weight="bold"' : "";
  const place = `x="${round(x)}" y="${round(middle + 4.5)}" textLength="${round(length)}"`;
  return `${behind}<text ${place} xml:space="preserve"${fill}${weight}${opacity}>${escaped(shown)}</text>`;
}

function round(value) {
  return Number(value.toFixed(2));
}

function escaped(text) {
  return text.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character]);
}

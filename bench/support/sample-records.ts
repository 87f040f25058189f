/** What a busy server's session log holds, endlessly: every kind of record, many sessions, short and long bodies, some errors. */

const sessionsAtOnce = 20;
const callsPerSession = 300;
const failEvery = 100;
const printEvery = 7;
const reloadEvery = 500;
const hugeEvery = 3000;
/** As long as the log keeps a body. */
const hugeText = "x".repeat(256 * 1024 - 128);

const prose = "the order of a customer is sent when its payment has arrived and the stock allows it ".repeat(
  30,
);
const rows = Array.from({ length: 40 }, (_, id) => ({ id, name: `Köln №${id}`, errors: [] }));
/** As they are inside JSON: mostly short, some long, some of them JSON. */
const texts = [
  "42",
  "done",
  prose.slice(0, 120),
  prose.slice(0, 700),
  prose.slice(0, 1900),
  JSON.stringify(rows.slice(0, 6)),
  JSON.stringify(rows),
].map((text) => JSON.stringify(text));
const tools = ["search_orders", "add", "get_customer", "summarize", "list_files", "run_query"];

/** The fields behind the stamp, as they are in the file. */
export const metaFields =
  `"kind":"meta","pid":1073741824,"command":["mcp","dev"],"cwd":"/home/me/shop","project":"/home/me/shop","transport":"http",` +
  `"url":"http://127.0.0.1:8080/mcp","versions":{"node":"20.19.0","fastmcp":"4.20.16","create-fastmcp":"0.1.0"}`;

export function isFailed(exchange: number): boolean {
  return exchange % failEvery === 0;
}

/** The records of one request and what happens around it, each as its fields behind the stamp. */
export function exchangeFields(exchange: number): string[] {
  const turn = Math.floor(exchange / sessionsAtOnce);
  const ofSession = turn % callsPerSession;
  const number = Math.floor(turn / callsPerSession) * sessionsAtOnce + (exchange % sessionsAtOnce) + 1;
  const session = `"session":"s${number}","mcp.session.id":"3f2a6c1e-${number}"`;
  const generation = Math.floor(exchange / reloadEvery) + 1;
  const fields = call(exchange, ofSession, `${session},"generation":${generation}`);
  if (ofSession === 0) fields.unshift(event("connect", session), event("ready", session));
  if (ofSession === callsPerSession - 1)
    fields.push(`${event("disconnect", session)},"duration_ms":172000,"body":{"reason":"closed"}`);
  if (exchange % printEvery === 0) {
    const body = `served order ${exchange} of customer ${number}`;
    fields.push(
      `"kind":"output",${session},"stream":"stderr","source":"src/server.ts:41:11","body":"${body}"`,
    );
  }
  if (exchange % reloadEvery === 0) {
    const reload = `"kind":"reload","event":"serving","generation":${generation}`;
    fields.push(`${reload},"duration_ms":94,"files":["src/tools/orders.ts"]`);
  }
  return fields;
}

function event(name: string, session: string): string {
  const client = `"client":{"name":"desktop","version":"1.2.0"}`;
  return `"kind":"session","event":"${name}",${session},"transport":"http",${client},"mcp.protocol.version":"2025-06-18"`;
}

function call(exchange: number, ofSession: number, session: string): string[] {
  const id = ofSession + 2;
  const method = ofSession % 40 === 0 ? "tools/list" : "tools/call";
  const tool = tools[exchange % tools.length] ?? "";
  const about = method === "tools/call" ? `,"gen_ai.tool.name":"${tool}"` : "";
  const common = `${session},"mcp.method.name":"${method}","jsonrpc.request.id":"${id}"${about},"network.transport":"tcp"`;
  const params =
    method === "tools/list"
      ? "{}"
      : `{"name":"${tool}","arguments":{"customer":"c-${exchange}","limit":${exchange % 50},"note":"before noon"}}`;
  const asked = `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
  const [error, result] = outcome(exchange, method);
  const answered = `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
  const duration = ((exchange * 7919) % 4000) / 100;
  return [
    `"kind":"request","dir":"c2s",${common},"bytes":${asked.length},"body":${asked}`,
    `"kind":"response","dir":"s2c",${common}${error},"duration_ms":${duration},"bytes":${answered.length},"body":${answered}`,
  ];
}

function outcome(exchange: number, method: string): readonly [error: string, result: string] {
  if (isFailed(exchange)) {
    const text = `customer c-${exchange} is not known: look at list_customers`;
    return [`,"error.type":"tool_error"`, `{"content":[{"type":"text","text":"${text}"}],"isError":true}`];
  }
  if (method === "tools/list") return ["", toolList];
  const text = exchange % hugeEvery === 1 ? `"${hugeText}"` : (texts[(exchange * 31) % texts.length] ?? "");
  return ["", `{"content":[{"type":"text","text":${text}}]}`];
}

const toolList = JSON.stringify({
  tools: tools.map((name) => ({
    name,
    description: prose.slice(0, 300),
    inputSchema: { type: "object", properties: { customer: { type: "string" }, limit: { type: "number" } } },
  })),
});

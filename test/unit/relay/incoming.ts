/** A message as Node's HTTP server hands it over, with these headers. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";

export function incoming(headers: Record<string, string | string[]>): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

/** Reads of a message's line only what is before its body, for those who count messages and do not show them. */
import { decodeLine, type Entry } from "./decode.ts";

/** The log writes the kind early and the body last. */
const message = /^\{"v":\d+,"seq":\d+,"time":"[^"]+","kind":"(?:request|response|notification)",/;
const kindWithinBytes = 160;
const body = Buffer.from(',"body":');
const closingBrace = 0x7d;

/** As `decodeLine`, but records of messages have no body. A body that is not well-formed goes unnoticed. */
export function decodeHead(line: Buffer, log: string): Entry | undefined {
  if (line.at(-1) !== closingBrace || !message.test(line.toString("latin1", 0, kindWithinBytes)))
    return decodeLine(line, log);
  // Inside a text its quotes would be escaped, and no other field of a message has fields of its own.
  const end = line.indexOf(body);
  if (end === -1) return decodeLine(line, log);
  const head = Buffer.allocUnsafe(end + 1);
  line.copy(head, 0, 0, end);
  head[end] = closingBrace;
  const entry = decodeLine(head, log);
  return entry?.type === "record" ? { ...entry, bytes: line } : decodeLine(line, log);
}

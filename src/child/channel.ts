/** The child's end of the IPC channel; hidden from the server, and never a reason for the process to stay alive. */
import { writeSync } from "node:fs";
import { promptFd, type FromChild, type ToChild } from "./messages.ts";

const send = process.send?.bind(process);

/**
 * Tells the supervisor something; silent when the supervisor is gone.
 * @throws DataCloneError for what cannot be cloned.
 */
export function report(message: FromChild): void {
  if (send === undefined || !process.connected) return;
  send(message, undefined, {}, () => {
    // A channel that closes meanwhile means that the supervisor is ending us.
  });
}

/**
 * Tells the supervisor something before this returns: what waits in the IPC channel is lost when the process ends.
 * JSON lines on a pipe of its own, which what this process starts does not inherit.
 */
export function reportAtOnce(message: Extract<FromChild, { type: "noise" }>): void {
  let bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(promptFd, bytes));
  } catch {
    // The supervisor is gone, or this runs without one.
  }
}

/** One listener for all, whatever their number: many calls may wait at a time. */
const waiting = new Set<(message: unknown) => void>();

function deliver(message: unknown): void {
  for (const take of waiting) take(message);
}

/**
 * Resolves with the next message of that type. The channel keeps the process alive while this waits. A message that
 * nobody waits for is lost, so wait for what may come together before any of it comes.
 */
export function next<Type extends ToChild["type"]>(
  type: Type,
  isWanted: (message: Extract<ToChild, { type: Type }>) => boolean = () => true,
): Promise<Extract<ToChild, { type: Type }>> {
  if (waiting.size === 0) process.on("message", deliver);
  process.channel?.ref();
  return new Promise((resolve) => {
    const take = (message: unknown): void => {
      if (!isMessage(message, type) || !isWanted(message)) return;
      waiting.delete(take);
      if (waiting.size === 0) {
        process.off("message", deliver);
        process.channel?.unref();
      }
      resolve(message);
    };
    waiting.add(take);
  });
}

/** Calls the listener for each message of that type until the returned function is called. Keeps no process alive. */
export function listen<Type extends ToChild["type"]>(
  type: Type,
  listener: (message: Extract<ToChild, { type: Type }>) => void,
): () => void {
  const received = (message: unknown): void => {
    if (isMessage(message, type)) listener(message);
  };
  process.on("message", received);
  return () => process.off("message", received);
}

function isMessage<Type extends ToChild["type"]>(
  message: unknown,
  type: Type,
): message is Extract<ToChild, { type: Type }> {
  return typeof message === "object" && message !== null && "type" in message && message.type === type;
}

/** A server that looks for a parent process must find none, as when it is run by hand. */
export function hideFromServer(): void {
  Reflect.deleteProperty(process, "send");
}

/** The supervisor was killed: end this process and what it started, since nobody else can. */
export function endWithSupervisor(): void {
  // It may have been killed while this process was still loading.
  if (process.connected) process.once("disconnect", endGroup);
  else endGroup();
}

function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}

/** Whoever has the terminal when the process ends, the shell finds it as it was. */
import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { Keyboard, type KeyboardInput } from "../../../src/dev/keyboard.ts";

vi.mock(import("../../../src/platform/foreground.ts"), () => ({ isInForeground: () => true }));

class FakeTerminal extends EventEmitter {
  isRaw = false;
  printed = "";
  readonly write = (text: string): void => void (this.printed += text);
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
  resume = (): this => this;
  pause = (): this => this;
  ref = (): this => this;
  unref = (): this => this;
}

function listening() {
  const terminal = new FakeTerminal();
  const pressed: string[] = [];
  const before = process.listeners("exit");
  const input = terminal as unknown as KeyboardInput;
  const keyboard = new Keyboard(input, terminal, (key) => pressed.push(key));
  keyboard.start();
  const atExit = process.listeners("exit").filter((listener) => !before.includes(listener));
  return { terminal, pressed, keyboard, exit: () => atExit.forEach((listener) => listener(0)) };
}

test("keys come one by one, whatever their case; what is pasted, and arrows, do not", () => {
  const { terminal, pressed, keyboard } = listening();
  for (const chunk of ["r", "T", "lh", "pasted", "\u001B[A"]) terminal.emit("data", Buffer.from(chunk));
  expect(pressed).toEqual(["r", "t", "l", "h"]);
  keyboard.close();
});

test("the process ends while keys are read", () => {
  const { terminal, exit, keyboard } = listening();
  expect(terminal.isRaw).toBe(true);
  exit();
  expect(terminal.isRaw).toBe(false);
  keyboard.close();
});

test("the process ends under a question of somebody else", () => {
  const { terminal, exit, keyboard } = listening();
  keyboard.lend();
  terminal.setRawMode(true);
  exit();
  expect(terminal.isRaw).toBe(false);
  expect(terminal.printed).toContain("\u001B[?25h");
  keyboard.close();
});

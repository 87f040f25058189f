/** What the server's next child goes on with: what sessions hold, and who has signed in. */
import type { FromChild } from "../child/messages.ts";
import type { ChildProcess } from "./child-process.ts";
import { SessionStates } from "./session-states.ts";
import { SignIns } from "./sign-ins.ts";

type Told = Extract<FromChild, { type: "state" | "restoring" | "signIns" }>;

export class HandOver {
  readonly #states = new SessionStates();
  readonly #signIns = new SignIns();

  reported(message: Told, child: ChildProcess): void {
    const { generation } = child;
    switch (message.type) {
      case "state":
        this.#states.save(message, generation);
        break;
      case "restoring":
        child.send({ type: "state", ...this.#states.handOver(message.key, generation) });
        break;
      case "signIns":
        child.send({ type: "signIns", ...this.#signIns.answer(message) });
    }
  }

  /** The session ended, and not only in a child that was replaced. */
  ended(key: string | undefined): void {
    this.#states.drop(key);
  }
}

/** Remembers the credentials that were met, so that a server which prints its caller's token does not bring it into the log. */
import { redactedMark } from "./secret-text.ts";

/** Shorter ones occur in ordinary text by chance. */
const minLength = 8;
const maxLength = 4096;
/** Each one costs a search of every text. */
const maxLearned = 64;

export class LearnedSecrets {
  readonly #secrets = new Set<string>();

  /** A text, or a list of them; the least recently met is forgotten first. */
  add(value: unknown): void {
    if (Array.isArray(value)) for (const item of value.slice(0, maxLearned)) this.#addText(item);
    else this.#addText(value);
  }

  redact(text: string): string {
    let result = text;
    for (const secret of this.#secrets) {
      if (result.includes(secret)) result = result.replaceAll(secret, redactedMark);
    }
    return result;
  }

  #addText(value: unknown): void {
    if (typeof value !== "string" || value.length > maxLength) return;
    const secret = value.replace(/^(?:bearer|basic)\s+/i, "").trim();
    // A word of ordinary language as a password must not blank that word out of everything.
    if (secret.length < minLength || /^\p{L}+$/u.test(secret) || redactedMark.includes(secret)) return;
    this.#secrets.delete(secret);
    this.#secrets.add(secret);
    if (this.#secrets.size <= maxLearned) return;
    for (const oldest of this.#secrets) {
      this.#secrets.delete(oldest);
      return;
    }
  }
}

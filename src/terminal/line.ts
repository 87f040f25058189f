/** Builds one line of the screen from styled pieces, makes each plain and never lets the line be wider than the screen. */
import { fitted, type Fitted } from "./display-width.ts";
import type { Style } from "./styles.ts";

export class Line {
  #styled = "";
  #left: number;

  constructor(width: number) {
    this.#left = Math.max(1, width);
  }

  /** Cells that are still free. */
  get left(): number {
    return this.#left;
  }

  /** Adds a text, cut to what is free and to `cells` if given. Bodies come in here as they are. */
  add(text: string, style?: Style, cells = this.#left): this {
    return this.addFitted(fitted(text, Math.min(cells, this.#left)), style);
  }

  /** The same with a text that was fitted before, into more cells or fewer. */
  addFitted(given: Fitted, style?: Style): this {
    const { text, cells } = given.cells <= this.#left ? given : fitted(given.text, this.#left);
    if (text === "") return this;
    this.#left -= cells;
    this.#styled += style === undefined ? text : style(text);
    return this;
  }

  /** Adds a sign of one cell that is our own. */
  sign(glyph: string, style?: Style): this {
    if (this.#left < 1) return this;
    this.#left -= 1;
    this.#styled += style === undefined ? glyph : style(glyph);
    return this;
  }

  gap(cells: number): this {
    const count = Math.max(0, Math.min(cells, this.#left));
    this.#styled += " ".repeat(count);
    this.#left -= count;
    return this;
  }

  /** Adds ` · ` and a text, if there is room for some of it. */
  also(text: string, style?: Style, separatorStyle?: Style): this {
    if (this.#left < 5 || text === "") return this;
    return this.gap(1).sign("·", separatorStyle).gap(1).add(text, style);
  }

  toString(): string {
    return this.#styled.trimEnd();
  }
}

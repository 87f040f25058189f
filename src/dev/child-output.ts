/** What the children print: cut into lines; what is no protocol is recorded. */
import type { Recorder } from "../log/record.ts";
import { LineSplitter } from "../relay/lines.ts";
import type { Front } from "./front.ts";

type Stream = "stdout" | "stderr";
type Splitters = Readonly<Record<Stream, LineSplitter>>;

export class ChildOutput {
  readonly #recorder: Recorder;
  readonly #front: () => Front | undefined;
  readonly #isHttp: boolean;
  readonly #splitters = new Map<number, Splitters>();

  /**
   * @param front undefined before the server has said how it is served.
   * @param isHttp it is known from the start that this will be HTTP.
   */
  constructor(recorder: Recorder, front: () => Front | undefined, isHttp: boolean) {
    this.#recorder = recorder;
    this.#front = front;
    this.#isHttp = isHttp;
  }

  printed(stream: Stream, chunk: Buffer, generation: number): void {
    let splitters = this.#splitters.get(generation);
    if (splitters === undefined) {
      const splitter = (of: Stream): LineSplitter =>
        new LineSplitter((line) => this.#line(of, line, generation));
      splitters = { stdout: splitter("stdout"), stderr: splitter("stderr") };
      this.#splitters.set(generation, splitters);
    }
    splitters[stream].push(chunk);
  }

  /** That child prints no more. */
  ended(generation: number): void {
    const splitters = this.#splitters.get(generation);
    this.#splitters.delete(generation);
    splitters?.stdout.end();
    splitters?.stderr.end();
  }

  /** Text that was written where only the protocol may go; under HTTP that is only output. */
  noise(text: string, generation: number, source: string | undefined): void {
    const kind = this.#isHttp || this.#front()?.transport === "httpStream" ? "output" : "noise";
    const body = text.replace(/\n$/, "");
    this.#recorder({
      kind,
      stream: "stdout",
      generation,
      ...(source === undefined ? {} : { source }),
      body,
    });
  }

  #line(stream: Stream, line: string, generation: number): void {
    const text = stream === "stdout" ? (this.#front()?.takeLine(generation, line) ?? line) : line;
    if (text === "") return;
    if (stream === "stdout") this.noise(text, generation, undefined);
    else this.#recorder({ kind: "output", stream, generation, body: text });
  }
}

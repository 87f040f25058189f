/**
 * A socket to a child that is read to its end although what is written to it arrives nowhere: a server may answer and close
 * before it has taken all, and Node's own socket throws that answer away when a write fails.
 */
import { Socket } from "node:net";

type Written = (error?: Error | null) => void;

export class ChildSocket extends Socket {
  readonly #onWriteError: (error: Error) => void;

  /** @param onWriteError the child takes no more; what can still be read comes, and then the end. */
  constructor(port: number, onWriteError: (error: Error) => void) {
    super();
    this.#onWriteError = onWriteError;
    this.setNoDelay(true).connect({ host: "127.0.0.1", port });
  }

  override _write(chunk: unknown, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, this.#orElse(written));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, this.#orElse(written));
  }

  #orElse(written: Written): Written {
    return (error) => {
      if (error === undefined || error === null || this.destroyed) written(error);
      else {
        this.#onWriteError(error);
        written();
      }
    };
  }
}

/** Notices that nobody reads our output any more (`| head -1`), so that a command can end instead of failing. */

export type OutputWatch = {
  /** Aborted when standard output can no longer be written to; the reason is the error. */
  readonly signal: AbortSignal;
  /** It was the reader who closed it: no failure. */
  readonly isClosedByReader: () => boolean;
};

let watched: OutputWatch | undefined;

/** The same watch for the whole process. Both streams' errors are taken here: they would end the process with a stack. */
export function watchOutput(): OutputWatch {
  watched ??= startWatch();
  return watched;
}

function startWatch(): OutputWatch {
  const controller = new AbortController();
  let closedByReader = false;
  const lost = (error: NodeJS.ErrnoException): void => {
    if (controller.signal.aborted) return;
    // A terminal that is gone says EIO.
    closedByReader = error.code === "EPIPE" || error.code === "EIO";
    controller.abort(error);
  };
  process.stdout.on("error", lost);
  // Where there is nobody to tell, there is nothing to do.
  process.stderr.on("error", () => undefined);

  return { signal: controller.signal, isClosedByReader: () => closedByReader };
}

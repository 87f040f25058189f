/** A child as the model sees it, over either transport. */
import type { FakeServer } from "./fake-server.ts";

export type FakeChild = {
  readonly server: FakeServer;
  /** New requests go to it from now on. */
  serve: () => void;
  /** It is gone without a word; `inTheMiddle` of the answers that it owes. */
  crash: (inTheMiddle: boolean) => void;
  /** It is ended by us. */
  end: () => void;
};

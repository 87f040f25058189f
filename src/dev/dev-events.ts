/** What the dev server tells its owner. */
import type { AskedStart } from "../child/messages.ts";
import type { Recorder } from "../log/record.ts";
import type { Front } from "./front.ts";
import type { Offer } from "./server-lists.ts";

export type DevEvents = {
  readonly recorder: Recorder;
  /** The first child serves, or the endpoint is up without one. Called again when the address changes. */
  readonly onListening: (about: Listening) => void;
  /** What the server that serves offers, a moment after it does. */
  readonly onOffer: (offer: Offer) => void;
  /** The one client of stdio has left; without `heard` it never said a word. */
  readonly onClientLeft: (about: { readonly heard: boolean }) => void;
  /** The command cannot go on, such as when its port cannot be had. */
  readonly onFatal: (error: Error) => void;
};

export type Listening = {
  /** Undefined: the first start failed. */
  readonly asked: AskedStart | undefined;
  readonly front: Front;
  /** Since the start, or since the save that mended it. */
  readonly durationMs: number;
};

/** What each benchmark is given, and what it gives back. */
import type { Report } from "./report.ts";
import type { Stage } from "./stage.ts";

export type Setting = {
  readonly stage: Stage;
  /** The Node that runs all servers and runners. */
  readonly node: string;
  /** How many are measured, of whatever is measured one by one. */
  readonly saves: number;
  /** Takes its time. */
  readonly full: boolean;
  /** What is going on, for a person who waits. */
  readonly progress: (text: string) => void;
};

export type Benchmark = {
  readonly about: string;
  readonly run: (setting: Setting) => Promise<readonly Report[]>;
};

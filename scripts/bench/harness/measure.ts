import type { Bench } from "./bench.ts";
import type { Gate } from "./gate.ts";

/** What one arm did in one round. */
export interface Sample {
  /** The figure that gates compare, in the measure's unit. */
  value: number;
  /** Figures beside it, such as a p99 or the first act on a new object. */
  also?: Record<string, number>;
  /** What was lost, doubled or out of order; one is enough for the measure to fail. */
  faults: string[];
}

export interface Arm {
  name: string;
  /** As the table says it. */
  label: string;
  run(): Promise<Sample>;
}

export interface Session {
  arms: Arm[];
  /** What a reader of the figures must know. */
  remarks?: string[];
}

export interface Measure {
  name: string;
  /** One line for the table. */
  what: string;
  unit: string;
  gates: Gate[];
  /** Absent where it is as many as asked for. */
  rounds?: number;
  /** Makes everything ready; a text says why it cannot be measured here. */
  open(bench: Bench): Promise<Session | string>;
}

export function armOf(name: string, label: string, run: () => Promise<Sample>): Arm {
  return { name, label, run };
}

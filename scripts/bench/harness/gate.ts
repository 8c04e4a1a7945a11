import { paired, type Spread, spreadOf } from "./statistics.ts";

/** What must hold of the medians: of an arm's own value, or of what two arms measured in the same rounds. */
export interface Gate {
  /** The arm that is judged. */
  arm: string;
  /** The arm it is judged beside; absent where its own value is. */
  beside?: string;
  /** How the two are compared: `ratio` is arm ÷ beside, `inverse` is beside ÷ arm, `difference` is arm − beside. */
  by: "value" | "ratio" | "inverse" | "difference";
  bound: { atLeast: number } | { atMost: number };
  unit: "×" | "%" | "ms" | "KiB" | "";
  /** A bound that no measurement stood behind when it was set. */
  guess?: boolean;
}

export interface Verdict {
  gate: Gate;
  spread: Spread;
  rounds: number;
  held: boolean;
}

/** What each arm measured, a value a round; null where the round gave none. */
export type Values = Record<string, (number | null)[]>;

const COMBINE = {
  value: (a: number) => a,
  ratio: (a: number, b: number) => a / b,
  inverse: (a: number, b: number) => b / a,
  difference: (a: number, b: number) => a - b,
};

/** Judges the median of the paired rounds. No round at all, or one that is not a number, does not hold. */
export function judge(gate: Gate, values: Values): Verdict {
  const own = values[gate.arm] ?? [];
  const other = gate.beside === undefined ? own : (values[gate.beside] ?? []);
  const factor = gate.unit === "%" ? 100 : 1;
  const combined = paired(own, other, COMBINE[gate.by]).map((one) => one * factor);
  const spread = spreadOf(combined);
  const { bound } = gate;
  const held = "atLeast" in bound ? spread.median >= bound.atLeast : spread.median <= bound.atMost;
  return { gate, spread, rounds: combined.length, held };
}

/** The bound as people read it: `≥ 1.6×`. */
export function boundText({ bound, unit, by }: Gate): string {
  const [sign, value] = "atLeast" in bound ? ["≥", bound.atLeast] : ["≤", bound.atMost];
  const plus = by === "difference" ? "+" : "";
  return `${sign} ${plus}${value}${spaced(unit)}`;
}

/** By how much a gate was missed: `0.4× short`, or null where it held. */
export function missText({ gate, spread, held }: Verdict): string | null {
  if (held) return null;
  if (Number.isNaN(spread.median)) return "nothing was measured";
  const { bound, unit } = gate;
  if ("atLeast" in bound) return `${figure(bound.atLeast - spread.median)}${spaced(unit)} short`;
  return `${figure(spread.median - bound.atMost)}${spaced(unit)} over`;
}

/** The median with its range: `2.10 [1.90–2.40]×`. */
export function spreadText(spread: Spread, unit: string): string {
  const { median, lowest, highest } = spread;
  if (lowest === highest) return `${figure(median)}${spaced(unit)}`;
  return `${figure(median)} [${figure(lowest)}–${figure(highest)}]${spaced(unit)}`;
}

/** Three figures that matter, with commas between thousands. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(value === 0 ? 1 : 3)));
}

function spaced(unit: string): string {
  return unit === "×" || unit === "" ? unit : ` ${unit}`;
}

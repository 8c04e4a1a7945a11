/** The middle of several runs and how far they lie apart. */
export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

/** The value below which a share `q` of them lies, between the two nearest ones; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: quantile(values, 0), highest: quantile(values, 1) };
}

/** Combines what two arms measured in the same round, round by round; a round that lacks one of them does not count. */
export function paired(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  combine: (a: number, b: number) => number,
): number[] {
  return a.flatMap((one, round) => {
    const other = b[round] ?? null;
    return one === null || other === null ? [] : [combine(one, other)];
  });
}

/** The arms in the order of a round: each begins a round in its turn. */
export function rotated<T>(arms: readonly T[], round: number): T[] {
  const from = arms.length === 0 ? 0 : round % arms.length;
  return [...arms.slice(from), ...arms.slice(0, from)];
}

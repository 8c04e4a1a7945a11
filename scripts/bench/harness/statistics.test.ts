import { describe, expect, it } from "vitest";
import { median, paired, quantile, rotated, spreadOf } from "./statistics.ts";

describe("statistics", () => {
  it("takes the middle, between the two middle ones where there are two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("finds quantiles between neighbours, and leaves the order of its values alone", () => {
    const values = [50, 10, 40, 20, 30];
    expect(quantile(values, 0)).toBe(10);
    expect(quantile(values, 1)).toBe(50);
    expect(quantile(values, 0.9)).toBeCloseTo(46);
    expect(values).toEqual([50, 10, 40, 20, 30]);
  });

  it("gives the median with its range", () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, lowest: 1, highest: 5 });
  });

  it("pairs what was measured in the same round: the median of ratios is not the ratio of medians", () => {
    const ratios = paired([10, 40, 30], [10, 20, 60], (a, b) => a / b);
    expect(ratios).toEqual([1, 2, 0.5]);
    expect(median(ratios)).toBe(1);
    expect(median([10, 40, 30]) / median([10, 20, 60])).toBe(1.5);
  });

  it("leaves out a round that lacks one of the two", () => {
    expect(paired([10, null, 30, 40], [5, 5, null], (a, b) => a / b)).toEqual([2]);
  });

  it("lets each arm begin a round in its turn", () => {
    expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
    expect(rotated([], 2)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { boundText, figure, type Gate, judge, missText, spreadText, type Values } from "./gate.ts";

const atLeast: Gate = { arm: "ours", beside: "theirs", by: "ratio", bound: { atLeast: 1.6 }, unit: "×" };

describe("gates", () => {
  it("judge the median of the paired ratios, at the bound too", () => {
    const verdict = judge(atLeast, { ours: [16, 32, 8], theirs: [10, 10, 10] });
    expect(verdict).toMatchObject({ held: true, rounds: 3, spread: { median: 1.6, lowest: 0.8, highest: 3.2 } });
    expect(judge(atLeast, { ours: [15], theirs: [10] }).held).toBe(false);
  });

  it("say by how much they were missed", () => {
    expect(missText(judge(atLeast, { ours: [12], theirs: [10] }))).toBe("0.4× short");
    const difference: Gate = { arm: "ours", beside: "theirs", by: "difference", bound: { atMost: 6 }, unit: "ms" };
    const verdict = judge(difference, { ours: [20], theirs: [5] });
    expect(verdict.held).toBe(false);
    expect(missText(verdict)).toBe("9 ms over");
    expect(boundText(difference)).toBe("≤ +6 ms");
    expect(missText(judge(atLeast, { ours: [20], theirs: [10] }))).toBeNull();
  });

  it("do not hold where nothing was measured", () => {
    const nothing: Values[] = [{}, { ours: [null], theirs: [1] }, { ours: [1], theirs: [] }];
    for (const values of nothing) {
      const verdict = judge(atLeast, values);
      expect(verdict.held).toBe(false);
      expect(missText(verdict)).toBe("nothing was measured");
    }
    const zero: Gate = { arm: "ours", by: "value", bound: { atMost: 0 }, unit: "" };
    expect(judge(zero, { ours: [Number.NaN] }).held).toBe(false);
    expect(judge(zero, { ours: [0] }).held).toBe(true);
    expect(judge(zero, { ours: [1] }).held).toBe(false);
  });

  it("compare the other way round, and in per cent", () => {
    const faster: Gate = { arm: "ours", beside: "theirs", by: "inverse", bound: { atLeast: 20 }, unit: "×" };
    expect(judge(faster, { ours: [0.5], theirs: [10] })).toMatchObject({ held: true, spread: { median: 20 } });
    const share: Gate = { arm: "ours", beside: "theirs", by: "ratio", bound: { atMost: 3 }, unit: "%" };
    expect(judge(share, { ours: [25], theirs: [1_000] })).toMatchObject({ held: true, spread: { median: 2.5 } });
  });

  it("are read by people", () => {
    expect(spreadText({ median: 1.234_5, lowest: 1, highest: 123_456 }, "×")).toBe("1.23 [1–123,456]×");
    expect(spreadText({ median: 2, lowest: 2, highest: 2 }, "ms")).toBe("2 ms");
    expect(boundText(atLeast)).toBe("≥ 1.6×");
    expect([figure(0), figure(0.012_34), figure(99.95), figure(1_234.5), figure(Number.NaN)]).toEqual([
      "0",
      "0.0123",
      "100",
      "1,235",
      "–",
    ]);
  });
});

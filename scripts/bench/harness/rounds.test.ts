import { describe, expect, it } from "vitest";
import type { Bench } from "./bench.ts";
import type { Measure, Sample } from "./measure.ts";
import { runMeasure } from "./rounds.ts";

const bench = { options: { rounds: 3 }, patienceMs: 0, progress: () => undefined } as unknown as Bench;

function measureOf(arms: Record<string, (call: number) => Sample>, trail: string[] = []): Measure {
  return {
    name: "one",
    what: "something",
    unit: "ms",
    gates: [{ arm: "product", by: "value", bound: { atMost: 10 }, unit: "ms" }],
    async open() {
      return {
        arms: Object.entries(arms).map(([name, run]) => {
          let calls = 0;
          return {
            name,
            label: name,
            async run() {
              trail.push(name);
              calls += 1;
              return run(calls);
            },
          };
        }),
      };
    },
  };
}

const clean = (value: number): Sample => ({ value, faults: [] });

describe("rounds", () => {
  it("begin with each arm in its turn, and a broken arm is a fault of its round", async () => {
    const trail: string[] = [];
    const broken = (call: number) => {
      if (call === 2) throw new Error("reset");
      return clean(5);
    };
    const result = await runMeasure(bench, measureOf({ product: broken, other: () => clean(1) }, trail));
    expect(trail).toEqual(["product", "other", "other", "product", "product", "other"]);
    expect(result.arms[0]?.samples.map((one) => one?.value ?? null)).toEqual([5, null, 5]);
    expect(result.faults).toEqual(["round 2, product: broke: reset"]);
    expect(result.verdicts[0]).toMatchObject({ held: true, rounds: 2 });
  });

  it("tell where the generator has too little room", async () => {
    const result = await runMeasure(bench, measureOf({ product: () => clean(10), "no-op": () => clean(20) }));
    expect(result.remarks.join()).toContain("2 times what the product takes: too little");
  });

  it("are none of where a measure says that it cannot be taken here", async () => {
    const measure = { ...measureOf({}), open: async () => "strace is missing" };
    expect(await runMeasure(bench, measure)).toMatchObject({ skipped: "strace is missing", arms: [], verdicts: [] });
  });

  it("are none of, and a fault, where a measure cannot begin", async () => {
    const open = async () => {
      throw new Error("product ended");
    };
    const result = await runMeasure(bench, { ...measureOf({}), open });
    expect(result).toMatchObject({ skipped: null, faults: ["it could not begin: product ended"] });
  });
});

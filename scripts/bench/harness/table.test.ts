import { describe, expect, it } from "vitest";
import { judge } from "./gate.ts";
import type { MeasureResult } from "./rounds.ts";
import { callsIn } from "./syncs.ts";
import { between, markdownTable, passed, terminalText } from "./table.ts";

function resultOf(overrides: Partial<MeasureResult> = {}): MeasureResult {
  const values = { ours: [20, 30], theirs: [10, 10] };
  const sample = (value: number) => ({ value, faults: [], also: { "p99, ms": value * 2 } });
  return {
    name: "append",
    what: "one | two",
    unit: "events/s",
    skipped: null,
    arms: [
      { name: "ours", label: "the product", samples: values.ours.map(sample) },
      { name: "theirs", label: "Node", samples: values.theirs.map(sample) },
    ],
    verdicts: [judge({ arm: "ours", beside: "theirs", by: "ratio", bound: { atLeast: 1.6 }, unit: "×" }, values)],
    faults: [],
    remarks: [],
    rounds: [],
    ...overrides,
  };
}

describe("the table", () => {
  it("fails a fast run that loses something, whatever its gates say", () => {
    expect(passed(resultOf())).toBe(true);
    expect(passed(resultOf({ faults: ["10 appends were acknowledged, 9 are stored"] }))).toBe(false);
    expect(markdownTable([resultOf({ faults: ["9 of 10 stored"] })])).toContain("1 faults, the first: 9 of 10 stored");
  });

  it("shows what was not measured as neither held nor missed", () => {
    const skipped = resultOf({ skipped: "the API has no fork", arms: [], verdicts: [] });
    expect(passed(skipped)).toBe(true);
    expect(markdownTable([skipped])).toContain("| not measured: the API has no fork | – |");
    expect(terminalText(skipped)).toContain("not measured");
  });

  it("has a row a measure, with arms, gates and what they came to", () => {
    const [, , row] = markdownTable([resultOf()]).split("\n");
    expect(row).toBe(
      "| append | one \\| two | the product: 25 [20–30] events/s  (p99, ms: 50)<br>Node: 10 events/s  (p99, ms: 20) | the product ÷ Node: **2.5 [2–3]×**, gate ≥ 1.6× | yes |",
    );
  });

  it("goes between the marks of a document and leaves the rest alone", () => {
    const document = "# Title\n<!-- results begins -->\nold\n<!-- results ends -->\nend\n";
    const written = between(document, "results", "new");
    expect(written).toBe("# Title\n<!-- results begins -->\n\nnew\n\n<!-- results ends -->\nend\n");
    expect(between(written, "results", "new")).toBe(written);
    expect(() => between("nothing", "results", "new")).toThrow(/no place for results/);
  });
});

describe("counting syncs", () => {
  it("adds both calls of a summary, and tells none from an unreadable one", () => {
    expect(
      callsIn(
        "strace: Process 7 attached\nsyscall calls\n------- -----\nfdatasync 320\nfsync 3\n------- ----\ntotal 323",
      ),
    ).toBe(323);
    expect(callsIn("strace: Process 7 attached\nstrace: Process 7 detached\n")).toBe(0);
    expect(callsIn("strace: attach: ptrace: Operation not permitted")).toBeNaN();
  });
});

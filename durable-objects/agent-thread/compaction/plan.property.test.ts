import type { ModelMessage } from "ai";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteSize, type Entry, limitOf, planContext, transcriptOf } from "./plan.ts";

const user = (content: string): ModelMessage => ({ role: "user", content });
const said = (text: string): ModelMessage => ({ role: "assistant", content: [{ type: "text", text }] });
const called = (toolCallId: string): ModelMessage => ({
  role: "assistant",
  content: [{ type: "tool-call", toolCallId, toolName: "bash", input: { command: "ls" } }],
});
const result = (toolCallId: string, value: string): ModelMessage => ({
  role: "tool",
  content: [{ type: "tool-result", toolCallId, toolName: "bash", output: { type: "text", value } }],
});

/** Runs as lists of messages, numbered through. */
function threadOf(runs: ModelMessage[][]): Entry[] {
  const all = runs.flatMap((messages, run) => messages.map((message) => ({ runId: `run_${run}`, message })));
  return all.map((one, index) => ({ ...one, n: index + 1 }));
}

const size = (entries: Entry[]) => entries.reduce((sum, one) => sum + byteSize(one.message), 0);
const callIds = (entries: Entry[], type: "tool-call" | "tool-result") =>
  entries.flatMap(({ message }) =>
    Array.isArray(message.content)
      ? message.content.flatMap((part) => (part.type === type && "toolCallId" in part ? [part.toolCallId] : []))
      : [],
  );

const step = fc.tuple(
  fc.uuid(),
  fc.nat({ max: 6_000 }).map((length) => "x".repeat(length)),
);
const run = fc
  .tuple(fc.string({ maxLength: 300 }), fc.array(step, { maxLength: 4 }), fc.string({ maxLength: 300 }))
  .map(([asked, steps, answer]) => [
    user(asked),
    ...steps.flatMap(([id, value]) => [called(id), result(id, value)]),
    said(answer),
  ]);

describe("what of a thread the model reads", () => {
  it("always holds the last run, no result without its call, and is cut between runs alone", () => {
    fc.assert(
      fc.property(
        fc.array(run, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 200, max: 40_000 }),
        (runs, limit) => {
          const thread = threadOf(runs);
          const { entries, cut } = planContext(thread, limit);
          expect(entries.map((one) => one.n)).toEqual(thread.map((one) => one.n));
          const kept = entries.slice(cut);
          const last = thread.at(-1)?.runId;
          expect(kept.filter((one) => one.runId === last)).toHaveLength(
            thread.filter((one) => one.runId === last).length,
          );
          expect(callIds(kept, "tool-result")).toEqual(callIds(kept, "tool-call"));
          if (cut > 0) expect(entries[cut]?.runId).not.toBe(entries[cut - 1]?.runId);
          if (cut === 0 && new Set(thread.map((one) => one.runId)).size > 1)
            expect(size(entries)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it("stays whole while it fits", () => {
    const thread = threadOf([[user("a"), said("b")], [user("c")]]);
    expect(planContext(thread, 10_000)).toEqual({ entries: thread, cut: 0 });
  });

  it("has long results shortened first, but not those of the newest steps", () => {
    const long = "y".repeat(20_000);
    const thread = threadOf([
      [user("a"), called("1"), result("1", long), called("2"), result("2", long), called("3"), result("3", long)],
    ]);
    const { entries, cut } = planContext(thread, 50_000);
    expect(cut).toBe(0);
    expect([2, 4, 6].map((at) => byteSize(entries[at]?.message) > 20_000)).toEqual([false, true, true]);
  });

  it("does not compact what is a note already, nor the last run", () => {
    const note: Entry = { n: 1, runId: null, message: user("summary") };
    const [only] = threadOf([[user("z".repeat(5_000))]]);
    expect(planContext([note, { ...(only as Entry), n: 2 }], 1_000).cut).toBe(0);
    expect(planContext([only as Entry], 1_000).cut).toBe(0);
  });

  it("leaves room, so that the next compaction is not near", () => {
    const thread = threadOf(Array.from({ length: 20 }, (_, at) => [user(`${at} ${"w".repeat(1_000)}`), said("ok")]));
    const { entries, cut } = planContext(thread, 10_000);
    expect(size(entries.slice(cut))).toBeLessThanOrEqual(5_000);
    expect(cut).toBeLessThan(thread.length - 2);
  });
});

it("a known window leaves room for the answer and what surrounds the messages; an unknown one has the old bound", () => {
  expect(limitOf(null, 5_000)).toBe(400_000);
  expect(limitOf(100_000, 5_000)).toBe(275_000);
  expect(limitOf(1_000, 50_000)).toBe(2_000);
});

it("a transcript says who said what and what tools gave, shortened where it is long", () => {
  const thread = threadOf([[user("do it"), called("1"), result("1", "r".repeat(9_000)), said("done")]]);
  const text = transcriptOf(thread, 100_000);
  expect(text).toMatch(/^A person: do it\n\nThe agent called bash: {"command":"ls"}\n\nResult of bash: rrr/);
  expect(text).toContain("bytes left out");
  expect(text.endsWith("The agent: done")).toBe(true);
  expect(byteSize(transcriptOf(thread, 500))).toBeLessThan(700);
});

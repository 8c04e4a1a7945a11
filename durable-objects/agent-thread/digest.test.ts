import { expect, it } from "vitest";
import { digestOf, digestOfJson } from "./digest.ts";

it("equal values have equal digests, whatever the order of their keys", async () => {
  const digest = await digestOfJson({ b: [1, { d: null, c: "ü" }], a: undefined, A: true });
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOfJson({ A: true, b: [1, { c: "ü", d: null }] })).toBe(digest);
  expect(await digestOfJson({ A: true, b: [1, { c: "u", d: null }] })).not.toBe(digest);
});

it("digestOf is bound to run, tool and exact arguments, whatever their order", async () => {
  const call = { runId: "run_1", tool: "bash", args: { command: "ls", timeoutMs: 1 } };
  const digest = await digestOf(call);
  expect(await digestOf({ ...call, args: { timeoutMs: 1, command: "ls" } })).toBe(digest);
  const others = [
    { ...call, runId: "run_2" },
    { ...call, tool: "write" },
    { ...call, args: { command: "ls ", timeoutMs: 1 } },
  ];
  for (const other of others) expect(await digestOf(other)).not.toBe(digest);
});

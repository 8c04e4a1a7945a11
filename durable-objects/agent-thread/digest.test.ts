import { expect, it } from "vitest";
import { canonicalJson, digestOf } from "./digest.ts";

it("canonicalJson has one text for equal values", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "ü" }], a: undefined, A: true })).toBe(
    '{"A":true,"b":[1,{"c":"ü","d":null}]}',
  );
});

it("digestOf is bound to run, tool and exact arguments, whatever their order", async () => {
  const call = { runId: "run_1", tool: "bash", args: { command: "ls", timeoutMs: 1 } };
  const digest = await digestOf(call);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOf({ ...call, args: { timeoutMs: 1, command: "ls" } })).toBe(digest);
  const others = [
    { ...call, runId: "run_2" },
    { ...call, tool: "write" },
    { ...call, args: { command: "ls ", timeoutMs: 1 } },
  ];
  for (const other of others) expect(await digestOf(other)).not.toBe(digest);
});

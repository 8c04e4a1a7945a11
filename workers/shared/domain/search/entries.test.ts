import { describe, expect, it } from "vitest";
import type { Item } from "#contract/run";
import { itemEntry, searchable } from "./entries.ts";
import { MATCH_BEGINS, MATCH_ENDS } from "./snippet.ts";

const item: Item = {
  id: "itm_00000000000000000000000000000001",
  runId: "run_00000000000000000000000000000001",
  groupId: null,
  parentId: null,
  kind: "command",
  status: "completed",
  title: "Run npm test",
  text: "2 passed",
  truncation: null,
  detail: { command: "npm test" },
  startedAt: "2026-01-01T00:00:00.000Z",
  completedAt: "2026-01-01T00:00:01.000Z",
  seq: 7,
};

describe("what can be found", () => {
  it("is what was called and what came out, and nothing that was thought", () => {
    const at = "2026-01-01T00:00:01.000Z";
    expect(itemEntry(item)).toEqual({ seq: 7, kind: "command", text: "Run npm test 2 passed", at });
    expect(itemEntry({ ...item, kind: "reasoning" })).toBeNull();
    const plan = {
      ...item,
      kind: "plan" as const,
      text: "",
      detail: { steps: [{ text: "look", status: "pending" as const }] },
    };
    expect(itemEntry(plan)?.text).toBe("Run npm test look");
  });

  it("holds no colours, control characters or marks", () => {
    const esc = String.fromCharCode(27);
    expect(searchable(`${esc}[31mred${esc}[0m\r\n\u0000${MATCH_BEGINS}a${MATCH_ENDS}b`)).toBe("red a b");
  });

  it("is the beginning and the end of a long text, 16,384 characters in all", () => {
    const text = searchable(`begin ${"x".repeat(60_000)} end`);
    expect(text).toHaveLength(16_384);
    expect(text).toMatch(/^begin x+ … x+ end$/);
  });
});

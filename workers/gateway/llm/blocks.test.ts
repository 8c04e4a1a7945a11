import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import { BlockSequence } from "./blocks.ts";

/** What a client reads: a line for each event, in order. */
function read(...parts: LanguageModelV4StreamPart[]): string[] {
  const sequence = new BlockSequence();
  const events = [...parts.flatMap((part) => sequence.take(part)), ...sequence.end()];
  return events.map((event) => {
    const { kind, index } = event.block;
    return `${event.type} ${index} ${kind}${event.type === "delta" ? ` ${event.delta}` : ""}`;
  });
}

const text = (id: string, delta: string) => ({ type: "text-delta" as const, id, delta });
const start = (id: string) => ({ type: "tool-input-start" as const, id, toolName: "bash" });
const grow = (id: string, delta: string) => ({ type: "tool-input-delta" as const, id, delta });
const call = (id: string, input: string) => ({ type: "tool-call" as const, toolCallId: id, toolName: "bash", input });

describe("BlockSequence", () => {
  it("gives calls one after the other, however a vendor mixes them", () => {
    const lines = read(
      start("a"),
      grow("a", "{"),
      start("b"),
      grow("b", "{"),
      grow("a", "}"),
      call("b", "{}"),
      call("a", "{}"),
    );
    expect(lines).toEqual([
      "open 0 call",
      "delta 0 call {",
      "delta 0 call }",
      "close 0 call",
      "open 1 call",
      "delta 1 call {",
      "delta 1 call }",
      "close 1 call",
    ]);
  });

  it("ends a text where something else begins, and begins another where it goes on", () => {
    const lines = read(text("t", "a"), call("c", "{}"), text("t", "b"), { type: "text-end", id: "t" });
    expect(lines).toEqual([
      "open 0 text",
      "delta 0 text a",
      "close 0 text",
      "open 1 call",
      "delta 1 call {}",
      "close 1 call",
      "open 2 text",
      "delta 2 text b",
      "close 2 text",
    ]);
  });

  it("makes nothing of an empty text, and keeps reasoning of which there is only a seal", () => {
    const seal = { anthropic: { redactedData: "x" } };
    const lines = read(
      { type: "text-start", id: "t" },
      { type: "text-end", id: "t" },
      { type: "reasoning-start", id: "r", providerMetadata: seal },
      { type: "reasoning-end", id: "r" },
    );
    expect(lines).toEqual(["open 0 reasoning", "close 0 reasoning"]);
  });

  it("gives what waits when the answer ends in the middle of a call", () => {
    expect(read(start("a"), grow("a", "{"), text("t", "x"))).toEqual([
      "open 0 call",
      "delta 0 call {",
      "close 0 call",
      "open 1 text",
      "delta 1 text x",
      "close 1 text",
    ]);
  });
});

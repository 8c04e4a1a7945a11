import { describe, expect, test } from "vitest";
import { pathParts, replaced, triggerAt } from "./trigger.ts";

describe("triggers", () => {
  test("a slash at the start asks for prompts, one inside is a slash", () => {
    expect(triggerAt("/", 1)).toEqual({ kind: "prompt", query: "", from: 0, to: 1 });
    expect(triggerAt("/take the", 9)?.query).toBe("take the");
    expect(triggerAt("see /usr", 8)).toBeNull();
    expect(triggerAt("/usr/bin", 8)).toBeNull();
  });

  test("an at sign after a space asks for people and files, one in an address is an at sign", () => {
    expect(triggerAt("look at @src/li", 15)).toEqual({ kind: "mention", query: "src/li", from: 8, to: 15 });
    expect(triggerAt("ada@example.com", 15)).toBeNull();
    expect(triggerAt("@src done", 9)).toBeNull();
  });

  test("what is chosen takes the place of what was typed, and nothing else", () => {
    const words = "look at @sr please";
    const trigger = triggerAt(words, 11);
    expect(trigger && replaced(words, trigger, "@src/")).toEqual({ words: "look at @src/ please", caret: 13 });
  });

  test("a path is a folder to look in and the beginning of a name", () => {
    expect(pathParts("src/deep/Li")).toEqual({ folder: "src/deep", name: "li" });
    expect(pathParts("rea")).toEqual({ folder: "", name: "rea" });
  });
});

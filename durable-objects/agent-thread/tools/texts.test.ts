import { describe, expect, it } from "vitest";
import { firstWords } from "../title.ts";
import { countLines, diffTexts } from "./file-diff.ts";
import { globMatcher } from "./search.ts";
import { shortArgs, truncate } from "./truncate.ts";

describe("truncate", () => {
  it("leaves a short text whole", () =>
    expect(truncate("äb", 3)).toEqual({ text: "äb", totalBytes: 3, omittedBytes: 0 }));

  it("keeps head and tail of a long one, characters whole", () => {
    const cut = truncate(`HEAD${"👋".repeat(1000)}TAIL`, 50);
    expect(cut.totalBytes).toBe(4008);
    expect(cut.text.startsWith("HEAD👋")).toBe(true);
    expect(cut.text.endsWith("👋TAIL")).toBe(true);
    expect(cut.text).not.toContain("\ufffd");
    const kept = new TextEncoder().encode(cut.text.replace(/\n\n… .* …\n\n/, "")).byteLength;
    expect(kept + cut.omittedBytes).toBe(4008);
  });

  it("shortens long arguments for people", () => {
    expect(shortArgs({ a: "x".repeat(20), b: { c: ["y".repeat(20)] }, d: 1 }, 10)).toEqual({
      a: `${"x".repeat(10)}… (20 characters)`,
      b: { c: [`${"y".repeat(10)}… (20 characters)`] },
      d: 1,
    });
  });
});

describe("diffTexts", () => {
  it("counts added and removed lines", () => {
    const change = diffTexts("a.txt", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n");
    expect([change.added, change.removed]).toEqual([2, 1]);
    expect(change.diff).toContain("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,4 @@");
  });

  it("shows a new file as added, also an empty one", () => {
    expect(diffTexts("a", null, "x\ny\n")).toMatchObject({
      added: 2,
      removed: 0,
      diff: expect.stringContaining("--- /dev/null"),
    });
    expect(diffTexts("a", null, "")).toMatchObject({ added: 0, removed: 0 });
  });

  it("does not count a missing newline at the end as a line", () => {
    expect(diffTexts("a", "x", "y")).toMatchObject({ added: 1, removed: 1 });
    expect([countLines(""), countLines("a"), countLines("a\n")]).toEqual([0, 1, 1]);
  });

  it("does not compare what is too large", () => {
    expect(diffTexts("a", "x\n".repeat(600_000), "y\n")).toEqual({ diff: "", added: 1, removed: 600_000 });
  });
});

describe("globMatcher", () => {
  it.each([
    ["*.ts", "src/a.ts", true],
    ["src/*.ts", "src/a/b.ts", false],
    ["src/**/*.ts", "src/b.ts", true],
    ["src/**", "src/a/b", true],
    ["**/*.{md,txt}", "docs/a.txt", true],
    ["a?.[jt]s", "ab.js", true],
    ["a.ts", "axts", false],
    ["./src/a.ts", "src/a.ts", true],
  ])("%s and %s: %s", (pattern, name, matches) => expect(globMatcher(pattern)(name)).toBe(matches));
});

it("firstWords cuts at a word, or inside one that is too long", () => {
  expect(firstWords("  fix\n the   bug ")).toBe("fix the bug");
  expect(firstWords(`${"word ".repeat(20)}`)).toMatch(/^(word )+word…$/);
  expect([...firstWords("👋".repeat(80))]).toHaveLength(60);
});

it.each([
  ["## Fix the **login** page", "Fix the login page"],
  ["say: hello there\nrun: ls", "hello there"],
  ["run: npm test", "npm test"],
  ["Please fix it\n\n```js\nconst a = 1;\n```\nand test it", "Please fix it and test it"],
  ["Run the tests, then:\nrun: npm test", "Run the tests, then:"],
  ["write notes.txt:\n```\nsecret\n```", "notes.txt"],
  ["ask: Which one? | A | B", "Which one?"],
  ["- [ ] see [the docs](https://example.com/a_b) and `snake_case`", "see the docs and snake_case"],
  ["```\nonly code\n```", "only code"],
  ["wait: 3", "wait: 3"],
  ["Read the README.md: it is wrong", "Read the README.md: it is wrong"],
])("AT6 a title has readable first words: %j", (prompt, title) => expect(firstWords(prompt)).toBe(title));

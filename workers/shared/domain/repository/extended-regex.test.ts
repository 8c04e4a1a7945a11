import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linePattern } from "./extended-regex.ts";

const LINES = [
  ...[
    "",
    "a",
    "ab",
    "abc",
    "aab",
    "a.b",
    "a+b",
    "foo(bar)",
    "x[0]",
    "{a}",
    "a{2}",
    "aa",
    "const x = 1;",
    "\tTab",
    "end\r",
  ],
  ...[
    "A B",
    "a_b",
    "a-b",
    "a]b",
    "a\\b",
    "a^b",
    "$a",
    "a|b",
    "zażółć",
    "a/b",
    '"q"',
    "import { z } from 'zod'",
    "]",
    "^",
    "-",
  ],
];

/** Which of the lines `grep -E` prints; null where it refuses the pattern or warns about it. */
function grepped(pattern: string): string[] | null {
  const env = { LANG: "C.UTF-8", PATH: process.env.PATH ?? "" };
  const run = spawnSync("grep", ["-E", "-e", pattern], { input: `${LINES.join("\n")}\n`, env, encoding: "utf8" });
  if ((run.status ?? 2) > 1 || run.stderr !== "") return null;
  return run.stdout === "" ? [] : run.stdout.slice(0, -1).split("\n");
}

/** The same by the translation; null where it leaves that to grep. */
function translated(pattern: string): string[] | null {
  const found = linePattern(pattern);
  const answers = LINES.map((line) => found?.matches(line) ?? null);
  return found === null || answers.includes(null) ? null : LINES.filter((_, at) => answers[at]);
}

describe("extended expressions", () => {
  test.each([
    ...[
      "a",
      "^a",
      "b$",
      "^$",
      "a.b",
      "a\\.b",
      "a+",
      "ab?c",
      "(ab|x)",
      "a{2}",
      "a{1,2}b",
      "[abc]+",
      "[^a]b",
      "[0-9]",
      "[]a]",
    ],
    ...[
      "foo\\(bar\\)",
      "x\\[0",
      "import .* from",
      "^[a-z]+$",
      "(const|let) [a-z]",
      "a\\|b",
      "a\\\\b",
      "a|b|c",
      "[a^]b",
      "]",
      "}",
    ],
    ...["[.]", "[$]a", "[*+?]", "[a\\]", "[-a]b", "[a-]b", "a/b", '"q"', "(foo)?bar", "ż"],
  ])("AT60 %s finds the lines that grep finds", (pattern) => {
    expect(translated(pattern)).not.toBeNull();
    expect(translated(pattern)).toEqual(grepped(pattern));
  });

  test.each([
    ...[
      "(a)\\1",
      "a\\d",
      "\\<a",
      "a{,2}",
      "*a",
      "a**",
      "(a+)+",
      "(a|b)*",
      "a||b",
      "(|a)",
      "()",
      "(",
      ")",
      "[a",
      "a{x}",
      "a\nb",
    ],
    ...["[[.a.]]", "[[=a=]]", "a\\/b", "", "[[:nothing:]]", "a\\", "[z-a]"],
  ])("AT60 %j is left to grep", (pattern) => {
    expect(linePattern(pattern)).toBeNull();
  });

  test("AT60 letters and spaces of a line beyond ASCII are left to grep", () => {
    for (const pattern of ["\\w+", "[[:alpha:]]", "\\bz"]) {
      expect(linePattern(pattern)?.matches("plain z")).toBe(true);
      expect(linePattern(pattern)?.matches("zażółć")).toBeNull();
    }
  });

  test("AT60 what could take very long is left to grep", () => {
    expect(linePattern("a.*b.*c.*d")?.matches("a".repeat(1_000))).toBeNull();
    expect(linePattern("a.*b")?.matches("a".repeat(1_000))).toBe(false);
  });

  test("AT60 whatever is translated finds just what grep finds", () => {
    const piece = fc.constantFrom(
      ...[
        "a",
        "b",
        ".",
        "^",
        "$",
        "*",
        "+",
        "?",
        "|",
        "(",
        ")",
        "[ab]",
        "[^a]",
        "[]]",
        "[a-",
        "]",
        "{1}",
        "{",
        "}",
        "\\.",
        "\\",
        "-",
        "/",
        "{1,}",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 7 }), (pieces) => {
        const found = translated(pieces.join(""));
        if (found !== null) expect(found).toEqual(grepped(pieces.join("")));
      }),
      { numRuns: 300 },
    );
  });
});

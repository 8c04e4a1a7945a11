import { describe, expect, test } from "vitest";
import { changesBytes, filesBelow, kindAt, listTree, planTree, TREE_LIMITS } from "./tree-index.ts";

const SHA = "a".repeat(40);
const COMMIT = "c".repeat(40);
const line = (path: string, size: number | "-", mode = "100644 blob") =>
  `${mode} ${SHA} ${String(size).padStart(7)}\t${path}\0`;
const HEADER = (size: number) => `${SHA} blob ${size}\n`.length;

const LISTING = [
  line(".gitignore", 5),
  line("docs/ü.md", 10),
  line("link", 4, "120000 blob"),
  line("node_modules/x/index.js", 3),
  line("src/a.ts", 0),
  line("src/deep/b.ts", 7, "100755 blob"),
  line("vendor", "-", "160000 commit"),
].join("");
const index = planTree(COMMIT, LISTING)?.index ?? { commit: "", entries: [] };

describe("the tree of a commit", () => {
  test("AT61 places the bytes as git prints them, and none of what is over the limits", () => {
    const plan = planTree(COMMIT, line("a", 5) + line("big", TREE_LIMITS.fileBytes + 1) + line("b", 7));
    const first = HEADER(5);
    const second = first + 5 + 1 + HEADER(7);
    expect(plan?.index.entries.map((one) => one.at)).toEqual([first, null, second]);
    expect([plan?.blobs.length, plan?.totalBytes]).toEqual([2, second + 7 + 1]);
  });

  test("AT61 is not kept with names that are no text, or with lines that are none", () => {
    expect(planTree(COMMIT, line("bad\ufffdname", 1))).toBeNull();
    expect(planTree(COMMIT, "something else\0")).toBeNull();
    expect(planTree(COMMIT, line("x", 1).repeat(TREE_LIMITS.entries + 1))).toBeNull();
    expect(planTree(COMMIT, "")).toMatchObject({ totalBytes: 0, blobs: [] });
  });

  test("AT61 lists directories, links and submodules by name", () => {
    expect(listTree(index, "")?.entries.map((one) => [one.name, one.kind, one.size])).toEqual([
      [".gitignore", "file", 5],
      ["docs", "directory", 0],
      ["link", "symlink", 4],
      ["node_modules", "directory", 0],
      ["src", "directory", 0],
      ["vendor", "directory", 0],
    ]);
    expect(listTree(index, "src")?.entries.map((one) => one.path)).toEqual(["src/a.ts", "src/deep"]);
    expect(listTree(index, "vendor")?.entries).toEqual([]);
  });

  test.each([
    ["", "directory"],
    ["src", "directory"],
    ["src/a.ts", "file"],
    ["vendor", "directory"],
    ["vendor/x", "other"],
    ["link", "other"],
    ["link/x", "other"],
    ["src/a.ts/x", "other"],
    ["sr", "none"],
  ] as const)("AT61 %s is a %s", (path, kind) => expect(kindAt(index, path)).toBe(kind));

  test("AT61 searches look at plain files below a path, and into no directory that is skipped", () => {
    const names = (path: string) => filesBelow(index, path, ["node_modules"]).map((one) => one.path);
    expect(names("")).toEqual([".gitignore", "docs/ü.md", "src/a.ts", "src/deep/b.ts"]);
    expect(names("src")).toEqual(["src/a.ts", "src/deep/b.ts"]);
    expect(names("src/a.ts")).toEqual(["src/a.ts"]);
  });

  test.each([
    ["*.bat text eol=crlf", true],
    ["*.psd filter=lfs diff=lfs", true],
    ["*.c ident", true],
    ["*.txt working-tree-encoding=UTF-16", true],
    ["* text=auto\n*.png binary", false],
    ["*.sh text eol=lf", false],
    ["identity.txt text", false],
  ])("AT61 %j changes bytes: %s", (attributes, changes) => expect(changesBytes(attributes)).toBe(changes));
});

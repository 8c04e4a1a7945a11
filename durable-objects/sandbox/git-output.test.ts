import { describe, expect, test } from "vitest";
import { parseDiff, parseUnmerged, pushRefusal } from "./git-output.ts";
import { checkedFile, checkedPath } from "./paths.ts";

const SHA = "0".repeat(40);
const raw = (status: string, ...paths: string[]) => [`:100644 100644 ${SHA} ${SHA} ${status}`, ...paths];
const join = (...tokens: string[]) => `${tokens.join("\0")}\0`;

describe("git output", () => {
  test("SB19 a diff with every kind of change is read, odd names included", () => {
    const output = join(
      ...raw("M", "a b\tc"),
      ...raw("A", ":colon\nline"),
      ...raw("R087", "old.ts", "new.ts"),
      ...raw("D", "gone"),
      "3\t1\ta b\tc",
      "-\t-\t:colon\nline",
      "2\t2\t",
      "old.ts",
      "new.ts",
      "0\t9\tgone",
    );
    expect(parseDiff(output)).toEqual([
      { path: "a b\tc", previousPath: null, status: "modified", added: 3, removed: 1, binary: false },
      { path: ":colon\nline", previousPath: null, status: "added", added: 0, removed: 0, binary: true },
      { path: "new.ts", previousPath: "old.ts", status: "renamed", added: 2, removed: 2, binary: false },
      { path: "gone", previousPath: null, status: "deleted", added: 0, removed: 9, binary: false },
    ]);
  });

  test("SB19 no output is no change", () => {
    expect(parseDiff("")).toEqual([]);
    expect(parseUnmerged("")).toEqual(new Set());
  });

  test("SB19 an unmerged file counts once", () => {
    const stages = [1, 2, 3].map((stage) => `100644 ${SHA} ${stage}\tsrc/a.ts`);
    expect(parseUnmerged(join(...stages))).toEqual(new Set(["src/a.ts"]));
  });

  test("SB22 a refused push gets its reason in plain words", () => {
    const line = (reason: string, stderr = "") => ({
      stdout: `To http://x\n!\trefs/heads/a:refs/heads/a\t[rejected] (${reason})\nDone\n`,
      stderr,
    });
    expect(pushRefusal(line("fetch first"))).toContain("has commits that are not here");
    expect(pushRefusal(line("protected branch"))).toBe("The remote refused the push: protected branch.");
    const words =
      "remote: error: only \u001b[1mAnn\u001b[0m may\nremote:   \nremote:  push here \r\nerror: failed to push";
    expect(pushRefusal(line("hook declined", words))).toBe(
      "The remote refused the push: hook declined. It says: only Ann may push here",
    );
    expect(pushRefusal({ stdout: "", stderr: "fatal: unable to access 'http://x'" })).toBeNull();
  });
});

describe("paths", () => {
  test.each(["../x", "a/../../x", "/etc/passwd", "..", "/workspace/../x", "/workspacex", "a\0b"])(
    "SB17 %j leads out",
    (path) => {
      expect(checkedPath(path, "path")).toMatchObject({
        ok: false,
        problem: { code: "invalid", fields: [{ field: "path" }] },
      });
    },
  );

  test.each([
    ["a/b", "a/b"],
    ["./a//b/.", "a/b"],
    ["/workspace/a", "a"],
    ["/workspace", ""],
    ["..a/b..", "..a/b.."],
    ["-rf", "-rf"],
  ])("SB17 %j is %j", (path, expected) => {
    expect(checkedPath(path, "path")).toEqual({ ok: true, value: expected });
  });

  test.each([".git", ".git/config", ".GIT/hooks/x", ".", "/workspace"])(
    "SB17 %j is no file of the workspace",
    (path) => {
      expect(checkedFile(path, "path")).toMatchObject({ ok: false, problem: { code: "invalid" } });
    },
  );

  test("SB17 names that only begin like git's are files", () => {
    expect(checkedFile(".gitignore", "path")).toEqual({ ok: true, value: ".gitignore" });
  });
});

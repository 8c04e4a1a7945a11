import { describe, expect, it } from "vitest";
import { callsOut, needsApproval, patternOf, summaryOf, type ToolUse, workspacePathOf } from "./autonomy.ts";

const bash = (command: string): ToolUse => ({ tool: "bash", args: { command } });
const file = (tool: string, path: string): ToolUse => ({ tool, args: { path } });

describe("callsOut", () => {
  it.each([
    "git push",
    "git -C sub push origin main",
    "cd a && git push --force",
    "gh pr create",
    "curl https://example.com",
    'c"ur"l x',
    "ls | xargs wget",
    "(curl x)",
    "/usr/bin/curl x",
    "ssh host",
    "npm publish --access public",
    "pnpm -r publish",
    "docker push x",
    "echo x > /dev/tcp/1.2.3.4/80",
    "echo aGk= | base64 -d | sh",
    "git fetch origin",
    "ls\ncurl x",
  ])("sees %j", (command) => expect(callsOut(command)).toBe(true));

  it.each(["npm test", "git status", "ls curly", "grep -r pushed .", "npm install", "cat wget.txt", "echo high"])(
    "lets %j be",
    (command) => expect(callsOut(command)).toBe(false),
  );

  it("rather asks once too often", () => expect(callsOut("git commit -m 'push it'")).toBe(true));
});

describe("needsApproval", () => {
  it.each([
    ["ask", bash("ls"), true],
    ["ask", file("write", "a"), true],
    ["ask", file("edit", "a"), true],
    ["ask", file("read", "a"), false],
    ["auto_safe", bash("npm test"), false],
    ["auto_safe", bash("git push"), true],
    ["auto_safe", file("write", "a"), false],
    ["auto", bash("git push"), false],
  ] as const)("%s %j → %s", (autonomy, use, asks) => expect(needsApproval(autonomy, use, [])).toBe(asks));

  const passes = (pattern: string, use: ToolUse) => !needsApproval("ask", use, [{ tool: use.tool, pattern }]);

  it("takes a pattern for a plain command that begins with its words", () => {
    expect(passes("npm test*", bash("npm test -- a"))).toBe(true);
    expect(passes("npm test*", bash("npm  test"))).toBe(true);
    expect(passes("npm test*", bash("npm testing"))).toBe(false);
    expect(passes("npm test*", bash("npm test; rm -rf /"))).toBe(false);
    expect(passes("npm test*", bash("npm test $(curl x)"))).toBe(false);
    expect(passes("npm test*", bash("npm test > /etc/x"))).toBe(false);
    expect(passes("a; b", bash("a; b"))).toBe(true);
  });

  it("takes a folder's pattern for files inside it only", () => {
    expect(passes("src/*", file("write", "/workspace/src/a/b.ts"))).toBe(true);
    expect(passes("src/*", file("write", "src/../etc/x"))).toBe(false);
    expect(passes("src/*", file("write", "srcs/x"))).toBe(false);
    expect(needsApproval("ask", file("edit", "src/a"), [{ tool: "write", pattern: "src/*" }])).toBe(true);
  });
});

describe("patternOf", () => {
  it.each([
    [bash("npm test -- x"), "npm test*"],
    [bash("ls"), "ls"],
    [bash("npm test && rm x"), "npm test && rm x"],
    [bash("bash -c ls"), "bash -c ls"],
    [bash("python3 x.py"), "python3 x.py"],
    [file("write", "/workspace/src/a.ts"), "src/*"],
    [file("edit", "a.ts"), "a.ts"],
  ])("%j → %s", (use, pattern) => {
    expect(patternOf(use)).toBe(pattern);
    expect(needsApproval("ask", use, [{ tool: use.tool, pattern }])).toBe(false);
  });

  it("has a line for people", () => {
    expect([summaryOf(bash("npm test")), summaryOf(file("write", "a"))]).toEqual(["npm test", "Write a"]);
  });
});

it("workspacePathOf takes every way to write a path", () => {
  expect(["/workspace/a/b", "./a/b", "a/b", "/workspace", "."].map(workspacePathOf)).toEqual([
    "a/b",
    "a/b",
    "a/b",
    ".",
    ".",
  ]);
});

import { describe, expect, it } from "vitest";
import { decodeChat } from "../dialects/chat-decode.ts";
import { type DemoPiece, planAnswer } from "./plan.ts";
import { messagesOf, toolsOf } from "./prompt.ts";
import { parseScript } from "./script.ts";

const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
});
const text = { type: "string" };
const tool = (name: string, parameters: object) => ({ type: "function", function: { name, parameters } });

const edge = [
  tool("bash", object({ command: text })),
  tool("write", object({ path: text, content: text })),
  tool("read", object({ path: text })),
  tool("edit", object({ path: text, oldText: text, newText: text })),
  tool("ask", object({ question: text, options: { type: "array", items: text } })),
];
const openCode = [
  tool("bash", object({ command: text, description: text, timeout: { type: "number" } }, ["command", "description"])),
  tool("write", object({ filePath: text, content: text })),
  tool("read", object({ filePath: text })),
  tool("edit", object({ filePath: text, oldString: text, newString: text })),
  tool(
    "question",
    object({
      questions: {
        type: "array",
        items: object({
          question: text,
          header: text,
          options: { type: "array", items: object({ label: text, description: text }) },
        }),
      },
    }),
  ),
];

const plan = (messages: object[], tools: object[] = edge): DemoPiece[] => {
  const decoded = decodeChat({ model: "demo/scripted", messages, tools });
  if (!decoded.ok) throw new Error(decoded.failure.problem.detail);
  return planAnswer(messagesOf(decoded.options.prompt), toolsOf(decoded.options));
};
const user = (content: string): object => ({ role: "user", content });
const result = (content: string): object => ({ role: "tool", tool_call_id: "call", content });
const callOf = (pieces: DemoPiece[]) => pieces.find((piece) => piece.type === "call")?.call;
const textOf = (pieces: DemoPiece[]) => pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");

describe("parseScript", () => {
  it("reads every directive, prose between them skipped", () => {
    const script = [
      "Please do this:",
      "think: let me see",
      "run: echo 'héllo 🌍'",
      "  read docs/a.md",
      "read: with space.md",
      "write src/a b.ts:",
      "",
      "```ts",
      "run: not a directive",
      "const x = `1`;",
      "```",
      "edit src/a.ts: old: text => new => text",
      "ask: Which one? | A | B b |",
      "say: done",
      "wait: 0.5",
      'tool: search {"q": "x"}',
      "fail: broken",
    ].join("\n");
    expect(parseScript(script)).toEqual([
      { kind: "think", text: "let me see" },
      { kind: "run", command: "echo 'héllo 🌍'" },
      { kind: "read", path: "docs/a.md" },
      { kind: "read", path: "with space.md" },
      { kind: "write", path: "src/a b.ts", content: "run: not a directive\nconst x = `1`;\n" },
      { kind: "edit", path: "src/a.ts", oldText: "old: text", newText: "new => text" },
      { kind: "ask", question: "Which one?", options: ["A", "B b"] },
      { kind: "say", text: "done" },
      { kind: "wait", seconds: 0.5 },
      { kind: "tool", name: "search", args: { q: "x" } },
      { kind: "fail", text: "broken" },
    ]);
  });

  it("says what is wrong with a line it cannot follow", () => {
    expect(parseScript("write a.txt:\nno fence")).toEqual([
      { kind: "say", text: expect.stringContaining("fenced block") },
    ]);
    expect(parseScript("tool: x [1]")).toEqual([{ kind: "say", text: expect.stringContaining("not a JSON object") }]);
  });

  it("takes an empty block, a longer fence and a block without an end", () => {
    expect(parseScript("write a:\n```\n```")).toEqual([{ kind: "write", path: "a", content: "" }]);
    expect(parseScript("write a:\n~~~~\n```\n~~~~")).toEqual([{ kind: "write", path: "a", content: "```\n" }]);
    expect(parseScript("write a:\n```\nx")).toEqual([{ kind: "write", path: "a", content: "x\n" }]);
  });

  it("caps a wait", () => expect(parseScript("wait: 99999")).toEqual([{ kind: "wait", seconds: 60 }]));

  it("finds nothing in prose", () => expect(parseScript("please read the file and run it")).toEqual([]));
});

describe("planAnswer", () => {
  it("introduces itself where there is no script", () => {
    expect(textOf(plan([user("hello")]))).toMatch(/demo model.*Settings → Models/s);
  });

  it("makes one call a step, in order, and ends with a summary of the results", () => {
    const script = user("think: hm\nrun: ls\nsay: now the file\nread a.txt\nsay: bye");
    expect(plan([script])).toEqual([
      { type: "reasoning", text: "hm" },
      { type: "call", id: "call_0_0", call: { name: "bash", args: { command: "ls" } } },
    ]);
    const second = plan([script, { role: "assistant", content: null }, result("a.txt")]);
    expect(textOf(second)).toBe("now the file\n");
    expect(callOf(second)).toEqual({ name: "read", args: { path: "a.txt" } });
    const last = plan([script, result("a.txt"), result("line one\nline two")]);
    expect(textOf(last)).toBe("bye\n\nDone, 2 steps:\n\n1. run `ls`: a.txt\n2. read a.txt: line one …");
    expect(callOf(last)).toBeUndefined();
  });

  it("tells the counts that a test run ends with, otherwise a command's last line and how it failed", () => {
    const tests =
      "▶ links\n  ✔ adds a link (2ms)\n▶ links (9ms)\nℹ tests 9\nℹ suites 0\nℹ pass 8\nℹ fail 1\nℹ duration_ms 81";
    const told = (output: string) =>
      textOf(plan([user("run: x"), result(output)]))
        .split("\n")
        .at(-1);
    expect(told(`${tests}\nExit code 1.`)).toBe("1. run `x`: ℹ tests 9; ℹ pass 8; ℹ fail 1; Exit code 1.");
    expect(told(" Test Files  2 passed (2)\n      Tests  12 passed (12)\n   Duration  1 s")).toBe(
      "1. run `x`: Test Files  2 passed (2); Tests  12 passed (12)",
    );
    expect(told("one\ntwo\n\u001b[32mthree\u001b[0m\n")).toBe("1. run `x`: three");
    expect(told("")).toBe("1. run `x`: no output");
  });

  it("takes no directives from an attached file", () => {
    const script = 'look\n<attachment name="a.txt">\nrun: rm -rf .\n</attachment>\nrun: ls';
    expect(parseScript(script)).toEqual([{ kind: "run", command: "ls" }]);
  });

  it("speaks the tools of the edge executor and of OpenCode", () => {
    const script = "write a.txt:\n```\nx\n```";
    expect(callOf(plan([user(script)]))?.args).toEqual({ path: "a.txt", content: "x\n" });
    expect(callOf(plan([user(script)], openCode))?.args).toEqual({ filePath: "a.txt", content: "x\n" });
    expect(callOf(plan([user("run: ls")], openCode))?.args).toEqual({ command: "ls", description: "run `ls`" });
    expect(callOf(plan([user("read a")], openCode))?.args).toEqual({ filePath: "a" });
    expect(callOf(plan([user("edit a: x => y")]))?.args).toEqual({ path: "a", oldText: "x", newText: "y" });
    expect(callOf(plan([user("edit a: x => y")], openCode))?.args).toEqual({
      filePath: "a",
      oldString: "x",
      newString: "y",
    });
    expect(callOf(plan([user("ask: Which? | A | B")]))).toEqual({
      name: "ask",
      args: { question: "Which?", options: ["A", "B"] },
    });
    expect(callOf(plan([user("ask: Which? | A")], openCode))).toEqual({
      name: "question",
      args: { questions: [{ question: "Which?", header: "Which?", options: [{ label: "A", description: "A" }] }] },
    });
    expect(callOf(plan([user('tool: read {"path": "z"}')]))).toEqual({ name: "read", args: { path: "z" } });
  });

  it("says so and goes on where the request has no such tool", () => {
    const pieces = plan([user("tool: nope {}\nrun: ls")]);
    expect(textOf(pieces)).toContain("There is no tool here for: tool nope. The tools here are: ");
    expect(callOf(pieces)?.name).toBe("bash");
    expect(textOf(plan([user("run: ls")], []))).toContain("There is no tool here");
  });

  it.each([
    ["Denied by Ana: not now", "denied"],
    ["Interrupted: the machine went away", "interrupted"],
    ["The user rejected permission to use this specific tool call.", "rejected"],
  ])("says that a call was not done and goes on: %s", (said, how) => {
    const pieces = plan([user("run: a\nrun: b"), result(said)]);
    expect(textOf(pieces)).toBe(`The last call was ${how}, so I go on without it.\n`);
    expect(callOf(pieces)?.args).toEqual({ command: "b" });
  });

  it("does not take output that speaks of permissions for a refusal", () => {
    expect(textOf(plan([user("run: a\nrun: b"), result("cat: x: Permission denied")]))).toBe("");
  });

  it("begins anew with the last user message", () => {
    const pieces = plan([user("run: a"), result("x"), user("run: b")]);
    expect(callOf(pieces)?.args).toEqual({ command: "b" });
  });

  it("gives the same answer to the same request", () => {
    const messages = [user("run: a\nsay: ü"), result("x")];
    expect(plan(messages)).toEqual(plan(messages));
  });

  it("goes on with its script after a note of ours, and makes a call again that a person has approved meanwhile", () => {
    const script = user("run: a\nrun: b");
    const cut = result("[Tool execution was interrupted]");
    const gone = plan([script, cut, user("From Quayside:\nThe sandbox was started again.")]);
    expect(textOf(gone)).toBe("The last call was interrupted, so I go on without it.\n");
    expect(callOf(gone)?.args).toEqual({ command: "b" });
    const approved = user(
      'From Quayside:\nA person has approved bash {"command":"a"}, which had not begun. Make that call again.',
    );
    expect(callOf(plan([script, cut, approved]))?.args).toEqual({ command: "a" });
    expect(callOf(plan([script, cut, approved, result("done")]))?.args).toEqual({ command: "b" });
  });
});

import { describe, expect, test } from "vitest";
import type { Approval, Question } from "#contract/ask";
import type { ConversationHead } from "#contract/conversation";
import type { Event } from "#contract/event";
import type { Message } from "#contract/message";
import type { Item, Run } from "#contract/run";
import { NO_USAGE } from "#contract/usage";
import { emptyTranscript, foldTranscript } from "#domain/conversation/transcript";
import { blocksOf } from "#domain/conversation/transcript-blocks";
import { exportName } from "./export-response.ts";
import { htmlOf, htmlStart } from "./html.ts";
import { markdownOf } from "./markdown.ts";

const AT = "2026-11-20T08:00:00.000Z";
const id = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`;
const HOSTILE = "<script>alert('x')</script>\n# Forged\n```\n</pre>\"&";
const usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 2, costMicroUsd: 4_200 };

const head = {
  id: id("cnv", 1),
  kind: "coding",
  title: "<b>Boats</b>\n# two",
  titleBy: "person",
  createdAt: AT,
  createdBy: id("mem", 1),
  archivedAt: null,
  repository: { id: id("rep", 1), name: "pocket-links", defaultBranch: "main" },
  sandboxId: null,
  settings: { executor: "edge", model: "demo/scripted", autonomy: "ask" },
  threads: [],
  participants: [{ memberId: id("mem", 1), kind: "human", name: "Ada <i>", readSeq: 0 }],
  approvals: [],
  questions: [],
  allowed: [],
  sandbox: { state: "none", detail: null, driver: null, snapshot: null },
  snapshots: [],
  restoreFrom: null,
  ports: [],
  changedFiles: 0,
  usage: NO_USAGE,
  rev: 1,
} satisfies ConversationHead;

const message = (n: number, content: string): Omit<Message, "seq"> => ({
  id: id("msg", n),
  authorId: id("mem", 1),
  authorKind: "human",
  content,
  attachments: [{ id: id("fil", n), name: "plan.txt", mime: "text/plain", size: 7, createdAt: AT }],
  mode: "auto",
  runId: null,
  reactions: [],
  createdAt: AT,
  editedAt: null,
  deletedAt: null,
});

const run: Omit<Run, "seq"> = {
  id: id("run", 1),
  threadId: id("thr", 1),
  agentId: id("agt", 1),
  messageId: id("msg", 1),
  executor: "edge",
  model: "demo/scripted",
  autonomy: "ask",
  status: "running",
  waitingFor: null,
  epoch: 1,
  retryOf: null,
  queuedAt: AT,
  startedAt: AT,
  finishedAt: null,
  stopReason: null,
  problem: null,
  usage: NO_USAGE,
};

const item = (n: number, changes: Partial<Item>): Event => ({
  type: "item.completed",
  item: {
    id: id("itm", n),
    runId: run.id,
    groupId: null,
    parentId: null,
    kind: "text",
    status: "completed",
    title: "",
    text: "",
    truncation: null,
    detail: {},
    startedAt: AT,
    completedAt: AT,
    ...changes,
  },
});

const question = {
  id: id("qst", 1),
  runId: run.id,
  itemId: id("itm", 4),
  text: "Which harbour?",
  options: [{ label: "North" }, { label: "South" }],
  multiple: false,
  allowCustom: true,
  status: "pending",
  answers: [],
  answeredBy: null,
  askedAt: AT,
  expiresAt: AT,
} satisfies Question;

const approval = {
  id: id("apr", 1),
  runId: run.id,
  itemId: id("itm", 2),
  tool: "bash",
  summary: "npm test",
  args: {},
  digest: "d",
  pattern: "npm test*",
  status: "pending",
  scope: null,
  decidedBy: null,
  reason: null,
  requestedAt: AT,
  expiresAt: AT,
} satisfies Approval;

const truncation = (href: string) => ({ totalBytes: 90_000, omittedBytes: 70_000, href });
const EVENTS: Event[] = [
  { type: "conversation.created", head },
  { type: "message.posted", message: message(1, HOSTILE) },
  { type: "run.started", run },
  item(1, { kind: "text", text: "Prose with `code`.\n~~~\nopen" }),
  { type: "approval.requested", approval },
  { type: "approval.decided", approvalId: approval.id, decision: "always", memberId: id("mem", 1), reason: "trusted" },
  item(2, {
    kind: "command",
    status: "failed",
    title: "Run npm test",
    text: HOSTILE,
    detail: { command: "npm test", exitCode: 1 },
    truncation: truncation("/api/conversations/x/outputs/y"),
  }),
  item(3, {
    kind: "file_change",
    title: "Edit a.ts",
    detail: { path: "a.ts", diff: "-old\n+new", added: 1, removed: 1 },
  }),
  { type: "question.asked", question },
  item(4, { kind: "question", title: "Ask", text: "North", truncation: truncation("javascript:alert(1)") }),
  { type: "question.answered", questionId: question.id, answers: ["North"], memberId: id("mem", 1) },
  item(5, { kind: "plan", title: "Plan", detail: { steps: [{ text: "sail", status: "completed" }] } }),
  item(6, { kind: "tool_call", title: "Look", text: "far", truncation: truncation("javascript:alert(1)") }),
  { type: "git.committed", commit: "abcdef0123456789", branch: "main", message: "Sail", files: 1 },
  { type: "message.posted", message: message(2, "a secret that was deleted") },
  { type: "message.deleted", messageId: id("msg", 2) },
  { type: "message.posted", message: message(3, "before") },
  { type: "message.edited", messageId: id("msg", 3), content: "after" },
  { type: "run.finished", runId: run.id, status: "succeeded", stopReason: "done", usage, problem: null },
];

function printed(print: typeof markdownOf): string {
  const transcript = emptyTranscript();
  EVENTS.forEach((event, index) => {
    const by = { memberId: id("mem", 1), kind: "human" as const };
    foldTranscript(transcript, { seq: index + 1, at: AT, conversationId: head.id, by, event });
  });
  const addressOf = (path: string) => (path.startsWith("/") ? `https://demo.example${path}` : null);
  return [...blocksOf(transcript, addressOf)].map(print).join("");
}

/** The lines outside of fenced code, and the fence that is still open at the end. */
function outsideFences(lines: string[]) {
  const outside: string[] = [];
  let fence: string | null = null;
  for (const line of lines) {
    const mark: string | null = /^`{3,}/.exec(line)?.[0] ?? null;
    if (fence !== null) fence = line === fence ? null : fence;
    else if (mark !== null) fence = mark;
    else outside.push(line);
  }
  return { outside, fence };
}

describe("a readable export", () => {
  test("CV31 shows messages, commands, diffs, asks, plans, usage and times, as they ended", () => {
    for (const text of [printed(markdownOf).replaceAll("\\", ""), printed(htmlOf)]) {
      const order = [
        "Prose with `code`.",
        "Run npm test (failed, exit 1)",
        "Shortened: 70000 of 90000 bytes are left out",
        "Approval of bash",
        "approved for always: trusted",
        "Edit a.ts (+1 −1)",
        "-old\n+new",
        "Which harbour?",
        "Choices: North · South",
        "North",
        "☑ sail",
        "Ended 2026-11-20 08:00:00 UTC · 10 tokens in (2 cached), 5 out, $0.0042",
        "Committed abcdef0123 on main: Sail",
        "Deleted 2026-11-20",
        "(edited)",
        "after",
      ];
      let at = 0;
      for (const words of order) {
        const place = text.indexOf(words, at);
        expect({ words, found: place >= at }).toEqual({ words, found: true });
        at = place + words.length;
      }
      expect(text).toContain("https://demo.example/api/conversations/x/outputs/y");
      expect(text).toContain("plan.txt (7 bytes)");
      expect(text).not.toContain("a secret that was deleted");
      expect(text).not.toContain("before");
      expect(text).not.toContain("javascript:");
    }
  });

  test("CV31 in HTML everything that was written is text", () => {
    const html = htmlStart(head.title) + printed(htmlOf);
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1]));
    const own = [
      "html",
      "head",
      "meta",
      "title",
      "style",
      "body",
      "main",
      "h1",
      "h2",
      "h3",
      "time",
      "p",
      "div",
      "pre",
      "a",
    ];
    expect([...tags].sort()).toEqual(own.sort());
    expect(html).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/\bon\w+=|src=/);
  });

  test("CV31 in Markdown nobody can write a heading of the transcript or leave a block open", () => {
    const { outside, fence } = outsideFences(printed(markdownOf).split("\n"));
    expect(fence).toBeNull();
    expect(outside.filter((line) => /^#/.test(line)).join("\n")).not.toContain("Forged");
    expect(outside).toContain("# \\<b\\>Boats\\</b\\> \\# two · 2026-11-20 08:00:00 UTC");
    expect(outside).toContain("> # Forged");
    expect(outside.filter((line) => /^[^>]*(?<!\\)</.test(line) && !/: <https:/.test(line))).toEqual([]);
  });

  test("CV31 a file name holds nothing but Latin letters, digits and hyphens", () => {
    const name = (title: string) => exportName({ id: id("cnv", 0xabcdef12), title });
    expect(name('Ünï "code"; ../x\r\n')).toBe("uni-code-x-abcdef12");
    expect(name("船")).toBe("conversation-abcdef12");
    expect(name("a".repeat(200))).toMatch(/^a{60}-abcdef12$/);
  });
});

import type { Snapshot } from "#contract/conversation";
import type { Item } from "#contract/run";
import { approval, at, headOf, id, itemOf, messageOf, question, runOf, snapshotOf, THREAD } from "./fixtures.ts";

const DIFF = `--- a/src/greet.js
+++ b/src/greet.js
@@ -1,4 +1,4 @@
 export function greet(name) {
-  return "Hello, " + name;
+  return "Good day, " + name + ".";
 }
`;

const PROSE = `The greeting is polite now, and a test says so.

1. \`greet\` says **Good day** instead of *Hello*.
2. The test in [test/greet.test.js](https://example.com) checks the full stop.

| case | before | after |
| --- | --- | --- |
| name | \`Hello, Ada\` | \`Good day, Ada.\` |

\`\`\`js
import { greet } from "./greet.js";

console.log(greet("Ada")); // Good day, Ada.
\`\`\`

- [x] changed
- [ ] pushed
`;

const OUTPUT = Array.from(
  { length: 40 },
  (_, line) => `ok ${line + 1} - greets number ${line + 1} politely (${(line * 7) % 13} ms)`,
).join("\n");

/** Every kind of item, as a finished run leaves them. */
function finishedItems(): Item[] {
  return [
    itemOf(3, { kind: "reasoning", text: "The greeting is in one place, so I change that and add a test." }),
    itemOf(4, {
      kind: "plan",
      title: "Plan",
      detail: {
        steps: [
          { text: "Read the greeting", status: "completed" },
          { text: "Change it", status: "completed" },
          { text: "Test it", status: "in_progress" },
          { text: "Push", status: "pending" },
        ],
      },
    }),
    itemOf(5, {
      kind: "tool_call",
      title: "Read src/greet.js",
      text: "export function greet(name) {",
      detail: { tool: "read", args: { path: "src/greet.js" } },
    }),
    itemOf(6, {
      kind: "file_change",
      title: "Edit src/greet.js",
      detail: { tool: "edit", path: "src/greet.js", diff: DIFF, added: 1, removed: 1 },
    }),
    itemOf(7, {
      kind: "command",
      title: "Run node --test test/a-file-with-quite-a-long-name/that-does-not-fit.test.js",
      text: OUTPUT,
      truncation: { totalBytes: 90_000, omittedBytes: 70_000, href: "/api/files/whole" },
      detail: { command: "node --test test/greet.test.js", exitCode: 0 },
      completedAt: at(75),
    }),
    itemOf(8, {
      kind: "command",
      title: "Run npm run lint",
      status: "failed",
      text: "src/greet.js:2 missing semicolon",
      detail: { command: "npm run lint", exitCode: 1 },
    }),
    itemOf(9, {
      kind: "error",
      title: "The registry did not answer",
      status: "failed",
      detail: {
        problem: { code: "upstream_failed", detail: "The package registry did not answer in 30 s. Run it again." },
      },
    }),
    itemOf(10, { text: PROSE }),
  ];
}

const PLAIN = `line with a very long word: ${"https://example.com/".padEnd(160, "path/")}`;

export function finished(): Snapshot {
  return snapshotOf(
    headOf(1, {
      changedFiles: 3,
      usage: { inputTokens: 4210, outputTokens: 812, cachedTokens: 3000, costMicroUsd: 24_310 },
    }),
    {
      messages: [
        messageOf(1, {
          runId: id("run", 2),
          attachments: [
            {
              id: id("fil", 1),
              name: "screenshot of the page.png",
              mime: "image/png",
              size: 120_400,
              createdAt: at(1),
            },
          ],
        }),
        messageOf(11, { content: PLAIN, runId: id("run", 12) }),
        messageOf(14, { content: "Try again with the other registry.", runId: id("run", 15) }),
      ],
      runs: [
        runOf(2, { messageId: id("msg", 1) }),
        runOf(12, {
          status: "failed",
          problem: { code: "upstream_failed", detail: "The model's provider answered 529 three times." },
        }),
        runOf(15, { status: "cancelled" }),
      ],
      items: [
        ...finishedItems(),
        itemOf(13, { runId: id("run", 12), text: "I begin with" }),
        itemOf(16, { runId: id("run", 15), kind: "command", status: "cancelled", title: "Run npm install" }),
      ],
    },
  );
}

/** One run that works and asks, and one that waits behind it. */
export function running(): Snapshot {
  const head = headOf(2, {
    title:
      "A conversation with quite a long title that goes on and on, because somebody pasted a whole sentence into it",
    threads: [
      {
        id: THREAD,
        agentId: headOf(2).threads[0]?.agentId ?? "",
        contextTokens: null,
        activeRunId: id("run", 30),
        queue: [id("run", 40), id("run", 42)],
      },
    ],
    approvals: [approval],
    questions: [question],
    sandbox: { state: "busy", detail: "Runs npm test", driver: "local", snapshot: null },
    changedFiles: 2,
  });
  const of = { runId: id("run", 30) };
  return snapshotOf(head, {
    messages: [
      messageOf(29, { runId: id("run", 30) }),
      messageOf(34, { content: "Use the British spelling.", mode: "steer", runId: id("run", 30) }),
      messageOf(39, { content: "Then write the changelog.", runId: id("run", 40) }),
      messageOf(41, {
        content: "And tell me what is left to do in one long sentence that does not fit.",
        runId: id("run", 42),
      }),
    ],
    runs: [
      runOf(30, { status: "waiting", waitingFor: "question", finishedAt: null, messageId: id("msg", 29) }),
      runOf(40, { status: "queued", startedAt: null, finishedAt: null, messageId: id("msg", 39) }),
      runOf(42, { status: "queued", startedAt: null, finishedAt: null, messageId: id("msg", 41) }),
    ],
    items: [
      itemOf(31, { ...of, text: "I look at the greeting first." }),
      itemOf(32, {
        ...of,
        kind: "tool_call",
        title: "Read src/greet.js",
        detail: { tool: "read", args: { path: "src/greet.js" } },
      }),
      itemOf(33, {
        ...of,
        kind: "command",
        title: "Run npm test",
        status: "in_progress",
        text: OUTPUT,
        detail: { command: "npm test" },
        completedAt: null,
      }),
      itemOf(35, { ...of, kind: "question", title: question.text, status: "in_progress", completedAt: null }),
      itemOf(36, {
        ...of,
        kind: "command",
        title: `Run ${approval.summary}`,
        status: "in_progress",
        detail: { command: approval.summary, approvalId: approval.id },
        completedAt: null,
      }),
    ],
  });
}

/** Nothing but a head. */
export function fresh(n: number, title = "New conversation"): Snapshot {
  return snapshotOf(
    headOf(n, { title, titleBy: "default", sandbox: { state: "none", detail: null, driver: null, snapshot: null } }),
  );
}

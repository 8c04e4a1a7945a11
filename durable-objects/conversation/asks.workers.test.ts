import { describe, expect, it } from "vitest";
import type { Approval, Question } from "#contract/ask";
import type { Run } from "#contract/run";
import { newId } from "#platform/new-id";
import { type Harness, itemOf, makeHarness } from "./testing/harness.ts";

const SOON = 40;

function approvalOf(run: Run, ttlMs: number): Approval {
  return {
    id: newId("approval"),
    runId: run.id,
    itemId: itemOf(run).id,
    tool: "bash",
    summary: "git push",
    args: { command: "git push" },
    digest: "d",
    pattern: "git push*",
    status: "pending",
    scope: null,
    decidedBy: null,
    reason: null,
    requestedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + ttlMs).toISOString(),
  };
}

function questionOf(run: Run, changes: Partial<Question> = {}): Question {
  return {
    id: newId("question"),
    runId: run.id,
    itemId: itemOf(run).id,
    text: "Which?",
    options: [{ label: "A" }, { label: "B" }],
    multiple: false,
    allowCustom: false,
    status: "pending",
    answers: [],
    answeredBy: null,
    askedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    ...changes,
  };
}

async function started(chat: Harness): Promise<Run> {
  await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
  return chat.activeRun();
}

describe("asks", () => {
  it("CV18 an approval is decided once, survives an eviction, and `always` is remembered", async () => {
    const chat = await makeHarness();
    const run = await started(chat);
    const approval = approvalOf(run, 60_000);
    await chat.report(run, 1, [
      { type: "approval.requested", approval },
      { type: "run.waiting", reason: "approval" },
    ]);
    await chat.evict();
    await chat.command({ type: "approval.decide", approvalId: approval.id, decision: "always" });
    await expect(chat.command({ type: "approval.decide", approvalId: approval.id, decision: "deny" })).rejects.toThrow(
      /conflict/,
    );
    await chat.use((object) =>
      expect(object.store.state.head?.allowed).toEqual([{ tool: "bash", pattern: "git push*" }]),
    );
    expect(chat.calls.at(-1)).toMatchObject({
      method: "decideApproval",
      args: [run.id, { id: approval.id, status: "approved", scope: "always" }],
    });
  });

  it("CV18 a question is answered once, by one of its options", async () => {
    const chat = await makeHarness();
    const run = await started(chat);
    const question = questionOf(run);
    await chat.report(run, 1, [{ type: "question.asked", question }]);
    const answer = (answers: string[]) => chat.command({ type: "question.answer", questionId: question.id, answers });
    await expect(answer(["C"])).rejects.toThrow(/invalid.*options/);
    await expect(answer(["A", "B"])).rejects.toThrow(/invalid.*one answer/);
    await answer(["B"]);
    await expect(answer(["A"])).rejects.toThrow(/conflict/);
    expect(chat.calls.at(-1)).toMatchObject({
      method: "answerQuestion",
      args: [run.id, { status: "answered", answers: ["B"] }],
    });
  });

  it("CV19 an ask expires after its time, and its thread is told", async () => {
    const chat = await makeHarness();
    const run = await started(chat);
    const approval = approvalOf(run, SOON);
    await chat.report(run, 1, [{ type: "approval.requested", approval }]);
    await new Promise((resolve) => setTimeout(resolve, SOON + 20));
    await expect(
      chat.command({ type: "approval.decide", approvalId: approval.id, decision: "approve" }),
    ).rejects.toThrow(/expired/);
    await chat.use((object) => object.alarm());
    await chat.use((object) => expect(object.store.state.head?.approvals).toEqual([]));
    expect(chat.calls.at(-1)).toMatchObject({ method: "decideApproval", args: [run.id, { status: "expired" }] });
    const count = (await chat.events()).length;
    await chat.use((object) => object.alarm());
    expect(await chat.events()).toHaveLength(count);
  });
});

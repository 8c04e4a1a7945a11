import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { ConversationHead, Snapshot } from "#contract/conversation";
import { fail } from "#contract/problem";
import type { AgentThreadRpc } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../workers/shared/testing/world.ts";
import { makeRig, pause, type Rig, taken } from "./testing/rig.ts";
import { TestViewer } from "./testing/viewer.ts";

const isOver = (status: string | undefined) => ["succeeded", "failed", "cancelled"].includes(status ?? "");
const runIn = (snapshot: Snapshot, runId: string) => snapshot.runs.find((run) => run.id === runId);
const over = (runId: string) => (snapshot: Snapshot) => isOver(runIn(snapshot, runId)?.status);
const idle = (snapshot: Snapshot) => snapshot.head.threads.every((one) => !one.activeRunId && one.queue.length === 0);
const working = (runId: string) => (snapshot: Snapshot) =>
  snapshot.items.some((one) => one.runId === runId && one.kind === "command" && one.status === "in_progress");
const textsOf = (snapshot: Snapshot, runId: string) =>
  snapshot.items.flatMap((one) => (one.runId === runId && one.kind === "text" ? [one.text] : [])).join("\n");

/** Stands in for some of the thread's methods, on the class: it outlives an eviction. */
async function inThread(rig: Rig, change: (methods: AgentThreadRpc) => void): Promise<void> {
  const { threads } = await rig.head();
  await runInDurableObject(threadStub(testEnv, rig.world.orgId, threads[0]?.id ?? ""), (instance) =>
    change(Object.getPrototypeOf(instance)),
  );
}

async function outsideTime<T>(rig: Rig, ms: number, work: () => Promise<T>): Promise<T> {
  const now = Date.now;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
  try {
    return await work();
  } finally {
    clock.mockRestore();
    await rig.snapshot();
  }
}

describe("the parts together", () => {
  it("a prompt runs a command in a real sandbox, once, and its end is in the log", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("run: echo one >> ran.log");
    const after = await rig.until(over(runId), "the run's end");
    expect(runIn(after, runId)).toMatchObject({ status: "succeeded" });
    expect(after.items.map((one) => [one.kind, one.status])).toEqual([
      ["command", "completed"],
      ["text", "completed"],
    ]);
    expect(after.items[0]?.detail.exitCode).toBe(0);
    expect(await rig.shell("cat ran.log")).toBe("one\n");
  });

  it("CV24 a thread that still winds down another run gets the new one as soon as it takes it", async () => {
    const rig = await makeRig();
    await rig.say("say: warm");
    await rig.until(idle, "the first run");
    let refusals = 2;
    await inThread(rig, (methods) => {
      const real = methods.start;
      vi.spyOn(methods, "start").mockImplementation(function (this: AgentThreadRpc, order) {
        refusals -= 1;
        return refusals >= 0 ? Promise.resolve(fail("conflict", "still busy")) : real.call(this, order);
      });
    });
    const { runId } = await rig.say("say: at last");
    const after = await rig.until(over(runId), "the refused run");
    expect(runIn(after, runId)).toMatchObject({ status: "succeeded" });
    expect(textsOf(after, runId)).toContain("at last");
    vi.restoreAllMocks();
  });

  it("CV25 a steer that comes after the thread ended the run gets a run of its own, once", async () => {
    const rig = await makeRig();
    const first = await rig.say("wait: 0.3");
    await inThread(rig, (methods) => {
      vi.spyOn(methods, "steer").mockImplementation(async () => fail("conflict", "The run is over."));
    });
    const late = await rig.say("say: not lost", "steer");
    expect(late.runId).toBe(first.runId);
    const after = await rig.until(
      (now) => now.runs.some((run) => run.messageId === late.messageId && isOver(run.status)),
      "a run for the late steer",
    );
    const own = after.runs.filter((run) => run.messageId === late.messageId);
    expect(own).toHaveLength(1);
    expect(textsOf(after, own[0]?.id ?? "")).toContain("not lost");
    expect(after.messages.find((one) => one.id === late.messageId)?.runId).toBe(own[0]?.id);
    vi.restoreAllMocks();
  });

  it("CV25 a steer that the stopped run never read is stopped with it", async () => {
    const rig = await makeRig();
    const first = await rig.say("wait: 5");
    await inThread(rig, (methods) => {
      vi.spyOn(methods, "steer").mockImplementation(async () => {
        await pause(100);
        return fail("conflict", "The run is over.");
      });
    });
    await rig.say("say: too late", "steer");
    taken(await rig.command(rig.ada, { type: "run.cancel", runId: first.runId }));
    await pause(400);
    const after = await rig.snapshot();
    expect(after.runs).toHaveLength(1);
    vi.restoreAllMocks();
  });

  it("a cancel followed at once by a prompt: the first is over, the second is done", async () => {
    const rig = await makeRig();
    for (let round = 0; round < 5; round++) {
      const first = await rig.say(round % 2 ? "wait: 5" : "run: sleep 5");
      await pause(round * 20);
      const [cancelled, second] = await Promise.all([
        rig.command(rig.ada, { type: "run.cancel", runId: first.runId }),
        rig.say(`say: after ${round}`),
      ]);
      expect(cancelled.ok).toBe(true);
      const after = await rig.until(over(second.runId), "the run after the cancel", 3_000);
      expect(runIn(after, first.runId)?.status).toBe("cancelled");
      expect(runIn(after, second.runId)?.status).toBe("succeeded");
    }
  });

  it("AT12 a thread that waits is not held awake, and an approval decided while it is gone is carried out once", async () => {
    const rig = await makeRig({ autonomy: "ask" });
    const { runId } = await rig.say("run: echo approved >> ran.log");
    const asked = await rig.until((now) => now.head.approvals.length > 0, "the approval");
    await pause(50);
    const startedMs = Date.now();
    expect(await rig.evict("thread")).toBe(true);
    expect(Date.now() - startedMs).toBeLessThan(2_000);
    const approvalId = asked.head.approvals[0]?.id;
    taken(await rig.command(rig.bea, { type: "approval.decide", approvalId, decision: "approve" }));
    const after = await rig.until(over(runId), "the run's end");
    expect(runIn(after, runId)?.status).toBe("succeeded");
    expect(await rig.shell("cat ran.log")).toBe("approved\n");
  });

  it("cancel during a model's stream ends the run within 2 s, the text so far kept", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("say: begun\nwait: 30\nsay: never");
    await rig.until((now) => textsOf(now, runId).includes("begun"), "the first words");
    const startedMs = Date.now();
    taken(await rig.command(rig.ada, { type: "run.cancel", runId }));
    const after = await rig.until(over(runId), "the end");
    expect(Date.now() - startedMs).toBeLessThan(2_000);
    expect(textsOf(after, runId)).toContain("begun");
    expect(after.items.every((one) => one.status !== "in_progress")).toBe(true);
  });

  it("cancel during a command ends its process within 2 s, also one that had not begun yet", async () => {
    const rig = await makeRig();
    const cold = await rig.say("run: sleep 0.4; echo survived >> ran.log");
    await pause(5);
    taken(await rig.command(rig.ada, { type: "run.cancel", runId: cold.runId }));
    const { runId } = await rig.say("run: sleep 1.2; echo survived >> ran.log");
    await rig.until(working(runId), "the command");
    await pause(150);
    taken(await rig.command(rig.ada, { type: "run.cancel", runId }));
    await pause(1_800);
    expect(await rig.shell("cat ran.log 2>/dev/null; true")).toBe("");
  });

  it("SB26 a command that is cancelled while its sandbox starts never runs", async () => {
    for (const waitMs of [0, 10, 25, 45, 70, 100]) {
      const rig = await makeRig();
      const { runId } = await rig.say("run: echo survived >> ran.log; sleep 3; echo survived >> ran.log");
      await rig.until((now) => now.items.length > 0, "the call");
      await pause(waitMs);
      taken(await rig.command(rig.ada, { type: "run.cancel", runId }));
      await pause(700);
      const processes = await rig.shell("ps -eo args | grep -c '[s]leep 3'; true");
      expect({ waitMs, processes }).toEqual({ waitMs, processes: "0\n" });
    }
  }, 20_000);

  it("a conversation that sleeps under its viewers goes on telling them, and knows who is there", async () => {
    const rig = await makeRig();
    const [one, two] = [new TestViewer(rig), new TestViewer(rig)];
    expect(await one.connect()).toBe(true);
    expect(await two.connect()).toBe(true);
    const { runId } = await rig.say("wait: 0.2\nsay: still here");
    expect(await rig.evict("conversation")).toBe(true);
    const after = await rig.until(over(runId), "the run", 15_000);
    await vi.waitFor(() => expect(one.state.seq).toBe(after.seq), 3_000);
    await rig.evict("conversation");
    one.send({ type: "presence", state: "typing" });
    await vi.waitFor(() => expect(two.presence).toMatchObject([{ name: "Ada", state: "typing" }]), 3_000);
    one.drop();
    await vi.waitFor(() => expect(two.presence).toMatchObject([{ name: "Ada", state: "viewing" }]), 3_000);
    expect([one.wrong, two.wrong]).toEqual([[], []]);
  });

  it("CV26 a silent run is stalled also where the object sleeps between its looks, and its thread is told again", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("ask: ready?");
    await rig.until((now) => now.head.questions.length > 0, "the question");
    const other = await makeRig();
    await inThread(other, (methods) => {
      vi.spyOn(methods, "start").mockImplementation(async () => ({ ok: true, value: null }));
    });
    const lost = await other.say("say: alive again");
    await pause(100);
    for (const minute of [2, 4, 6, 8, 9]) {
      await other.evict("conversation");
      await outsideTime(other, minute * 60_000, () => other.alarm("conversation"));
    }
    expect(runIn(await other.snapshot(), lost.runId)).toMatchObject({ status: "running" });
    vi.restoreAllMocks();
    await other.evict("conversation");
    await outsideTime(other, 11 * 60_000, () => other.alarm("conversation"));
    const after = await other.until(over(lost.runId), "the run that was poked");
    expect(runIn(after, lost.runId)).toMatchObject({ status: "succeeded" });
    const events = (await other.events()).map((one) => one.event);
    expect(events.filter((one) => one.type === "run.waiting")).toMatchObject([{ reason: "stalled" }]);
    expect(runIn(await rig.snapshot(), runId)).toMatchObject({ status: "waiting" });
  });

  it("an edit of a queued prompt is what the agent is told", async () => {
    const rig = await makeRig();
    await rig.say("wait: 0.2");
    const queued = await rig.say("say: the old words");
    taken(
      await rig.command(rig.ada, { type: "message.edit", messageId: queued.messageId, content: "say: the new words" }),
    );
    const after = await rig.until(over(queued.runId), "the queued run");
    expect(textsOf(after, queued.runId)).toContain("the new words");
    expect(textsOf(after, queued.runId)).not.toContain("the old words");
  });

  it("AT20 what people said to a run that failed is said again when it is tried again", async () => {
    const rig = await makeRig();
    const first = await rig.say("wait: 0.3\nfail: it broke");
    await pause(50);
    await rig.say("say: remember this", "steer");
    await rig.until(over(first.runId), "the failed run");
    const retried = taken(await rig.command(rig.ada, { type: "run.retry", runId: first.runId }));
    const after = await rig.until(over(retried.runId ?? ""), "the second try");
    expect(runIn(after, retried.runId ?? "")?.status).toBe("succeeded");
    expect(textsOf(after, retried.runId ?? "")).toContain("remember this");
  });

  it("two viewers answer a question at once: one ack, one conflict", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("ask: Which? | A | B");
    const asked = await rig.until((now) => now.head.questions.length > 0, "the question");
    const [one, two] = [new TestViewer(rig), new TestViewer(rig)];
    await Promise.all([one.connect(), two.connect()]);
    const questionId = asked.head.questions[0]?.id;
    const answers = await Promise.all([
      one.command({ type: "question.answer", questionId, answers: ["A"] }),
      two.command({ type: "question.answer", questionId, answers: ["B"] }),
    ]);
    expect(answers.map((one) => one.type).sort()).toEqual(["ack", "problem"]);
    expect(answers.find((one) => one.type === "problem")).toMatchObject({ problem: { code: "conflict" } });
    const after = await rig.until(over(runId), "the run");
    const said = answers[0]?.type === "ack" ? "A" : "B";
    expect(after.items.find((one) => one.kind === "question")).toMatchObject({ status: "completed", text: said });
  });
});

describe("snapshots of a conversation's sandbox", () => {
  it("CV60 CV61 SB61 a run's files are kept after it, under a seq that tells of every change in them", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("run: echo one > kept.txt");
    await rig.until(over(runId), "the run's end");
    const { head, seq } = await rig.until((now) => now.head.snapshots.length === 1, "the snapshot");
    const [kept] = head.snapshots;
    expect(head.sandbox.snapshot).toEqual(kept);
    const finished = (await rig.events()).find((one) => one.event.type === "run.finished");
    expect(kept?.atSeq).toBe(finished?.seq);
    expect(kept?.atSeq).toBeLessThan(seq);
    const listed = await rig.world.json<{ items: { id: string; reason: string }[] }>(
      "GET",
      `/api/conversations/${rig.id}/sandbox/snapshots`,
    );
    expect(listed.body.items).toMatchObject([{ id: kept?.id, reason: "run" }]);
  });

  it("CV62 a purge deletes the machine's files and every snapshot", async () => {
    const rig = await makeRig();
    const { runId } = await rig.say("run: echo one > kept.txt");
    await rig.until(over(runId), "the run's end");
    await rig.until((now) => now.head.snapshots.length === 1, "the snapshot");
    const prefix = `${rig.world.orgId}/sandboxes/`;
    expect((await testEnv.FILES.list({ prefix })).objects.length).toBe(1);
    const purged = await rig.world.fetch(`/api/conversations/${rig.id}?purge=true`, { method: "DELETE" });
    expect(purged.status).toBe(204);
    await vi.waitFor(async () => expect((await testEnv.FILES.list({ prefix })).objects).toEqual([]), 5_000);
  });

  it("CV63 a fork starts from the nearest snapshot at or before its seq, also when its origin is purged", async () => {
    const rig = await makeRig();
    const turn = async (words: string, count: number) => {
      const { runId } = await rig.say(`run: echo ${words} > kept.txt; echo ${words} > ~/.state`);
      await rig.until(over(runId), "the run's end");
      return rig.until((now) => now.head.snapshots.length === count, "the snapshot");
    };
    const { seq } = await turn("one", 1);
    await turn("two", 2);
    const forked = (await rig.world.json<ConversationHead>("POST", `/api/conversations/${rig.id}/fork`, { atSeq: seq }))
      .body;
    const late = (await rig.world.json<ConversationHead>("POST", `/api/conversations/${rig.id}/fork`, {})).body;
    const kept = (await rig.head()).snapshots.map((one) => one.id);
    expect([forked, late].map((one) => one.restoreFrom?.snapshotId)).toEqual(kept);
    const shell = async (id: string) => {
      const response = await rig.world.fetch(`/api/conversations/${id}/exec`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ command: "cat kept.txt ~/.state" }),
      });
      const lines = new TextDecoder()
        .decode(await response.arrayBuffer())
        .trim()
        .split("\n");
      return lines.map((line) => (JSON.parse(line) as { data?: string }).data ?? "").join("");
    };
    expect(await shell(late.id)).toBe("two\ntwo\n");
    const purged = await rig.world.fetch(`/api/conversations/${rig.id}?purge=true`, { method: "DELETE" });
    expect(purged.status).toBe(204);
    expect(await shell(forked.id)).toBe("one\none\n");
    for (const fork of [forked, late]) {
      await rig.world.fetch(`/api/conversations/${fork.id}?purge=true`, { method: "DELETE" });
    }
    const archives = () => testEnv.FILES.list({ prefix: `${rig.world.orgId}/sandboxes/` });
    await vi.waitFor(async () => expect((await archives()).objects).toEqual([]), 8_000);
  });
});

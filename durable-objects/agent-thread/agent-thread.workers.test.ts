import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Approval, Question } from "#contract/ask";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeMessage, fakeOrder } from "./fake-world.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;
let world: FakeWorld;

const objectOf = (order: RunOrder) => threadStub(testEnv, order.orgId, order.run.threadId);
const stubOf = (order: RunOrder) => objectOf(order);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 10 });
const ended = () => until(() => expect(world.end).toBeDefined());
const start = async (order: RunOrder) => expect(await stubOf(order).start(order)).toEqual({ ok: true, value: null });
const pendingApproval = async (count = 1): Promise<Approval> => {
  await until(() => expect(world.ofType("approval.requested")).toHaveLength(count));
  return world.ofType("approval.requested").map((report) => report.approval)[count - 1] as Approval;
};
const pendingQuestion = async (): Promise<Question> => {
  await until(() => expect(world.ofType("question.asked")).toHaveLength(1));
  return world.ofType("question.asked")[0]?.question as Question;
};
const decided = (approval: Approval, change: Partial<Approval>): Approval => ({ ...approval, ...change });
const lastText = () => world.completed("text").at(-1)?.text ?? "";
/** Loses the object's memory, as an eviction does; its runs are taken up by the next alarm. */
const lose = async (order: RunOrder) => evictDurableObject(objectOf(order));
const wake = async (order: RunOrder) => expect(await runDurableObjectAlarm(objectOf(order))).toBe(true);

beforeEach(async () => {
  await runInDurableObject(testEnv.CONVERSATION.get(testEnv.CONVERSATION.newUniqueId()), (conversation) => {
    Object.getPrototypeOf(conversation).recordUsage = async () => ({ ok: true, value: null });
  });
  world = new FakeWorld();
  vi.spyOn(threadWorld, "of").mockImplementation((one) => world.of(real(one)));
});

describe("runs", () => {
  it("AT1 echo and noop answer at once, and their reports come in order from 1", async () => {
    const order = fakeOrder("hello 👋", { executor: "echo" });
    await start(order);
    await ended();
    expect(world.completed("text").map((item) => item.text)).toEqual(["hello 👋"]);
    expect(world.frames[0]).toMatchObject({ runId: order.run.id, epoch: 1, n: 1 });
    expect(world.end).toMatchObject({ status: "succeeded", problem: null });
    world = new FakeWorld();
    const probe = fakeOrder("x", { executor: "noop" });
    vi.mocked(threadWorld.of).mockImplementation((one) => world.of(real(one)));
    await start(probe);
    await ended();
    expect(lastText()).toBe("ok");
  });

  it("AT1 an executor that is not here fails the run as unsupported", async () => {
    await start(fakeOrder("x", { executor: "worker" }));
    await ended();
    expect(world.end).toMatchObject({ status: "failed", problem: { code: "unsupported" } });
  });

  it("AT2 a second start of a run does nothing, also after an eviction", async () => {
    const order = fakeOrder("run: echo once");
    await Promise.all([start(order), start(order)]);
    await ended();
    await start(order);
    await lose(order);
    await start(order);
    expect(world.commands).toEqual(["echo once"]);
    expect(world.ofType("run.finished")).toHaveLength(1);
  });

  it("AT2 another run is refused while one is in progress, and taken after it", async () => {
    const first = fakeOrder("ask: ready?");
    await start(first);
    const question = await pendingQuestion();
    const second: RunOrder = { ...fakeOrder("hi"), orgId: first.orgId };
    second.run.threadId = first.run.threadId;
    expect(await stubOf(second).start(second)).toMatchObject({ ok: false, problem: { code: "conflict" } });
    await stubOf(first).answerQuestion(first.run.id, { ...question, status: "answered", answers: ["yes"] });
    await ended();
    await start(second);
  });

  it("AT3 the edge executor thinks, calls a tool a step, streams and sums up", async () => {
    await start(
      fakeOrder(
        "think: hmm\nrun: echo hi\nwrite a.txt:\n```\nx\ny\n```\nedit a.txt: y => z\nread a.txt\nsay: so far\nwait: 0.1\nrun: false",
      ),
    );
    await ended();
    expect(world.end?.status).toBe("succeeded");
    expect(world.completed().map((item) => [item.kind, item.status, item.title])).toEqual([
      ["reasoning", "completed", ""],
      ["command", "completed", "Run echo hi"],
      ["file_change", "completed", "Write a.txt"],
      ["file_change", "completed", "Edit a.txt"],
      ["tool_call", "completed", "Read a.txt"],
      ["text", "completed", ""],
      ["command", "failed", "Run false"],
      ["text", "completed", ""],
    ]);
    expect(world.completed("command")[0]).toMatchObject({ text: "hi\n", detail: { exitCode: 0, command: "echo hi" } });
    expect(world.completed("file_change")[1]?.detail).toMatchObject({ path: "a.txt", added: 1, removed: 1 });
    expect(world.files.get("a.txt")).toBe("x\nz\n");
    expect(lastText()).toContain("1. run `echo hi`: hi");
    expect(world.ofType("group.opened")).toHaveLength(6);
    expect(world.ofType("group.closed")).toHaveLength(6);
    const text = world.completed("text")[0];
    expect(text?.text.startsWith(world.texts.get(text.id) ?? "")).toBe(true);
  });

  it("AT3 no sandbox is touched until a tool needs one", async () => {
    await start(fakeOrder("say: hello"));
    await ended();
    expect([world.commands, world.end?.status]).toEqual([[], "succeeded"]);
  });

  it("AT21 a tool begins only when the conversation holds the item that tells of it", async () => {
    world.acknowledges = false;
    const order = fakeOrder("run: echo unseen");
    await start(order);
    await until(() => expect(world.ofType("item.started").map((one) => one.item.kind)).toContain("command"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(world.commands).toEqual([]);
    await stubOf(order).cancel(order.run.id, "stopped");
    world.acknowledges = true;
    await ended();
    expect([world.commands, world.end?.status]).toEqual([[], "cancelled"]);
  });

  it("AT4 long output is kept whole, shown as head and tail", async () => {
    await start(fakeOrder("run: big 110000"));
    await ended();
    const item = world.completed("command")[0];
    expect(item?.truncation).toMatchObject({ totalBytes: 110_003, href: `/outputs/${item?.id}` });
    expect(item?.text.length).toBeLessThan(17_000);
    expect(item?.text.endsWith("END")).toBe(true);
    expect(world.outputs.get(item?.id ?? "")?.length).toBe(110_003);
  });

  it("AT5 a model that fails ends the run with an error item", async () => {
    await start(fakeOrder("run: echo a\nfail: the model is tired"));
    await ended();
    expect(world.end).toMatchObject({
      status: "failed",
      problem: { code: "upstream_failed", detail: "the model is tired" },
    });
    expect(world.completed("error")[0]).toMatchObject({ status: "failed", text: "the model is tired" });
  });

  it("AT5 a broken stream keeps its partial text", async () => {
    await start(fakeOrder("say: half of it\nfail: broke"));
    await ended();
    expect(world.completed("text")[0]?.text).toContain("half of it");
    expect(world.end).toMatchObject({ status: "failed", problem: { detail: "broke" } });
  });

  it("AT6 the first successful run suggests a title before it ends", async () => {
    const words = "say: the quick brown fox jumps over the lazy dog and then goes on for a long while";
    await start(fakeOrder(words, {}, { wantsTitle: true }));
    await ended();
    const title = world.ofType("title.suggested")[0]?.title ?? "";
    expect(title.length).toBeLessThanOrEqual(60);
    expect(title).toMatch(/^the quick brown fox .*…$/);
    expect(world.reports.at(-1)?.type).toBe("run.finished");
  });

  it("AT7 a person's input is read at the next model boundary", async () => {
    const order = fakeOrder("ask: go on?");
    await start(order);
    const question = await pendingQuestion();
    const steer = { message: fakeMessage("say: steered"), authorName: "Bo" };
    await stubOf(order).steer(order.run.id, steer);
    await stubOf(order).steer(order.run.id, steer);
    await stubOf(order).answerQuestion(order.run.id, { ...question, status: "answered", answers: ["yes"] });
    await ended();
    expect(lastText().trim()).toBe("steered");
    expect(await stubOf(order).steer(order.run.id, steer)).toMatchObject({ ok: false, problem: { code: "conflict" } });
    await runInDurableObject(objectOf(order), (_object, state) => {
      const messages = state.storage.sql.exec("SELECT message FROM messages ORDER BY n").toArray();
      expect(messages.filter((row) => String(row.message).includes("From Bo:"))).toHaveLength(1);
      expect(String(messages[0]?.message)).toContain("From Ana:");
    });
  });
});

describe("asks", () => {
  it("AT8 an approval waits across an eviction, runs the call once and resumes the run", async () => {
    const order = fakeOrder("run: echo careful", { autonomy: "ask" });
    await start(order);
    const approval = await pendingApproval();
    expect(approval).toMatchObject({
      tool: "bash",
      summary: "echo careful",
      args: { command: "echo careful" },
      pattern: "echo careful*",
    });
    expect(world.ofType("run.waiting")).toEqual([{ type: "run.waiting", reason: "approval" }]);
    await lose(order);
    const yes = decided(approval, { status: "approved", scope: "once" });
    await stubOf(order).decideApproval(order.run.id, yes);
    await stubOf(order).decideApproval(order.run.id, yes);
    await ended();
    expect(world.commands).toEqual(["echo careful"]);
    expect(world.completed("command")[0]).toMatchObject({ id: approval.itemId, status: "completed" });
    expect(world.ofType("run.resumed")).toHaveLength(1);
  });

  it("AT8 an approval for other arguments or of another ask is refused", async () => {
    const order = fakeOrder("run: echo careful", { autonomy: "ask" });
    await start(order);
    const approval = await pendingApproval();
    const yes = decided(approval, { status: "approved", scope: "once" });
    const decide = (change: Partial<Approval>) => stubOf(order).decideApproval(order.run.id, { ...yes, ...change });
    expect(await decide({ digest: "0".repeat(64) })).toMatchObject({ problem: { code: "conflict" } });
    expect(await decide({ id: "apr_0197a0c0f00070008000000000000001" })).toMatchObject({
      problem: { code: "not_found" },
    });
    expect(await decide({ status: "pending" })).toMatchObject({ problem: { code: "invalid" } });
    expect(world.commands).toEqual([]);
  });

  it("AT9 always lets the tool and pattern pass for the rest", async () => {
    const order = fakeOrder("run: echo a b\nrun: echo a c\nrun: echo a; echo b", { autonomy: "ask" });
    await start(order);
    const first = await pendingApproval();
    await stubOf(order).decideApproval(order.run.id, decided(first, { status: "approved", scope: "always" }));
    const second = await pendingApproval(2);
    expect(second.summary).toBe("echo a; echo b");
    expect(world.commands).toEqual(["echo a b", "echo a c"].slice(0, world.commands.length));
  });

  it("AT10 a denied call is declined and the model is told why", async () => {
    const order = fakeOrder("run: echo no\nsay: then", { autonomy: "ask" });
    await start(order);
    const approval = await pendingApproval();
    await stubOf(order).decideApproval(order.run.id, decided(approval, { status: "denied", reason: "not on Friday" }));
    await ended();
    expect(world.commands).toEqual([]);
    expect(world.completed("command")[0]).toMatchObject({ status: "declined", text: "not on Friday" });
    expect(lastText()).toContain("The last call was denied");
    expect(lastText()).toContain("not on Friday");
  });

  it("AT11 a question waits across an eviction and its answer is the tool's result", async () => {
    const order = fakeOrder("ask: Which one? | A | B");
    await start(order);
    const question = await pendingQuestion();
    expect(question).toMatchObject({
      text: "Which one?",
      options: [{ label: "A" }, { label: "B" }],
      status: "pending",
    });
    await lose(order);
    await stubOf(order).answerQuestion(order.run.id, { ...question, status: "answered", answers: ["B"] });
    await ended();
    expect(world.completed("question")[0]).toMatchObject({ id: question.itemId, status: "completed", text: "B" });
    expect(lastText()).toContain("ask “Which one?”: B");
  });

  it("AT11 a dismissed question is declined and the run goes on", async () => {
    const order = fakeOrder("ask: Which one?");
    await start(order);
    const question = await pendingQuestion();
    await stubOf(order).answerQuestion(order.run.id, { ...question, status: "dismissed" });
    await ended();
    expect(world.completed("question")[0]?.status).toBe("declined");
    expect(lastText()).toContain("The last call was declined");
  });

  it("AT12 while a person is waited for no clock runs and no socket is open", async () => {
    const order = fakeOrder("ask: Which one?");
    await start(order);
    await pendingQuestion();
    await until(() => expect([world.ofType("run.waiting").length, world.openSockets]).toEqual([1, 0]));
    await runInDurableObject(objectOf(order), (_object, state) => {
      expect(state.storage.sql.exec("SELECT name FROM deadlines WHERE name LIKE 'limit:%'").toArray()).toEqual([]);
    });
  });
});

describe("losses", () => {
  it("AT13 cancel ends model stream, process and items within two seconds and keeps partial text", async () => {
    const order = fakeOrder("run: hang");
    await start(order);
    await until(() => expect([...world.texts.values()]).toEqual(["working…\n"]));
    const began = Date.now();
    await stubOf(order).cancel(order.run.id, "stopped by Ana");
    await ended();
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(world.end).toMatchObject({ status: "cancelled", stopReason: "stopped by Ana" });
    const item = world.completed("command")[0];
    expect(item).toMatchObject({ status: "cancelled", text: "working…\n" });
    expect(world.killed).toEqual([item?.id]);
    await stubOf(order).cancel(order.run.id, "again");
    expect(world.ofType("run.finished")).toHaveLength(1);
  });

  it("AT13 cancel while the model speaks, and while a person is waited for", async () => {
    const order = fakeOrder("say: first words\nwait: 30\nsay: never");
    await start(order);
    await until(() => expect([...world.texts.values()].join("")).toContain("first words"));
    await stubOf(order).cancel(order.run.id, "stopped");
    await ended();
    expect(world.completed("text")[0]).toMatchObject({ status: "cancelled", text: "first words\n" });
    world = new FakeWorld();
    const asking = fakeOrder("ask: go?");
    await start(asking);
    await pendingQuestion();
    await stubOf(asking).cancel(asking.run.id, "stopped");
    await ended();
    expect(world.completed("question")[0]?.status).toBe("cancelled");
  });

  it("AT14 after a crash a begun call is interrupted, told to the model and not repeated", async () => {
    const order = fakeOrder("run: hang\nrun: echo after");
    await start(order);
    await until(() => expect([...world.texts.values()]).toEqual(["working…\n"]));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await abortAllDurableObjects();
    await wake(order);
    await ended();
    expect(world.commands).toEqual(["hang", "echo after"]);
    expect(world.completed("command").map((item) => [item.status, item.text])).toEqual([
      ["interrupted", "working…\n"],
      ["completed", "after\n"],
    ]);
    expect(world.completed("text")[0]?.text).toContain("The last call was interrupted");
    expect(world.end?.status).toBe("succeeded");
  });

  it("AT15 after a crash a half answer ends interrupted with its text, and the model is asked again", async () => {
    const order = fakeOrder("say: half\nwait: 1\nsay: whole");
    await start(order);
    await until(() => expect([...world.texts.values()].join("")).toContain("half"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await abortAllDurableObjects();
    await wake(order);
    await ended();
    expect(world.completed("text").map((item) => [item.status, item.text])).toEqual([
      ["interrupted", "half\n"],
      ["completed", "half\nwhole\n"],
    ]);
    expect(world.end?.status).toBe("succeeded");
  });

  it("AT16 lost frames and connections lose and double nothing", async () => {
    world.losesFrames = 2;
    await start(fakeOrder("run: echo one\nrun: echo two\nsay: done"));
    await ended();
    expect(world.connections).toBeGreaterThan(2);
    expect(world.completed("command").map((item) => item.text)).toEqual(["one\n", "two\n"]);
    const ids = world.ofType("item.started").map((report) => report.item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("AT16 reports that were not acknowledged go out again after an eviction", async () => {
    world.refuses = "unavailable";
    const order = fakeOrder("kept", { executor: "echo" });
    await start(order);
    await abortAllDurableObjects();
    world.refuses = null;
    await wake(order);
    await ended();
    expect(lastText()).toBe("kept");
    await until(async () =>
      runInDurableObject(objectOf(order), (_object, state) => {
        expect(state.storage.sql.exec("SELECT n FROM outbox").toArray()).toEqual([]);
      }),
    );
  });

  it("AT17 a fenced run stops at once and reports nothing more; a later epoch takes it up again", async () => {
    const order = fakeOrder("say: first\nwait: 0.2\nsay: second\nwait: 1\nsay: third");
    await start(order);
    await until(() => expect([...world.texts.values()].join("")).toContain("first"));
    world.fences = true;
    const phase = () =>
      runInDurableObject(
        objectOf(order),
        (_object, state) => state.storage.sql.exec("SELECT phase FROM runs").one().phase,
      );
    await until(async () => expect(await phase()).toBe("fenced"));
    const frames = world.frames.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(world.frames.length).toBe(frames);
    world.fences = false;
    await start({ ...order, run: { ...order.run, epoch: 2 } });
    await ended();
    expect(world.frames.at(-1)?.epoch).toBe(2);
    expect(world.completed("text").map((item) => item.status)).toEqual(["interrupted", "completed"]);
    expect(lastText()).toBe("first\nsecond\nthird\n");
  });

  it("AT17 a run that had ended or was waiting when it was fenced is so again under a later epoch", async () => {
    const order = fakeOrder("ask: go?");
    const later = (epoch: number): RunOrder => ({ ...order, run: { ...order.run, epoch } });
    const fenced = () =>
      until(async () =>
        runInDurableObject(objectOf(order), (_object, state) => {
          expect(state.storage.sql.exec("SELECT phase FROM runs").toArray()).toEqual([{ phase: "fenced" }]);
        }),
      );
    world.fences = true;
    await start(order);
    await fenced();
    world.fences = false;
    await start(later(2));
    const question = await pendingQuestion();
    await wake(order);
    world.fences = true;
    await stubOf(order).answerQuestion(order.run.id, { ...question, status: "answered", answers: ["yes"] });
    await fenced();
    world.fences = false;
    await start(later(3));
    await ended();
    await start(later(3));
    expect(world.ofType("question.asked")).toHaveLength(1);
    expect(world.ofType("run.finished")).toEqual([expect.objectContaining({ status: "succeeded" })]);
  });

  it("AT17 a conversation that does not know the run ends it like a fence", async () => {
    world.refuses = "not_found";
    const order = fakeOrder("run: hang");
    await start(order);
    await until(async () =>
      runInDurableObject(objectOf(order), (_object, state) => {
        expect(state.storage.sql.exec("SELECT phase FROM runs").toArray()).toEqual([{ phase: "fenced" }]);
      }),
    );
  });

  it("AT18 a run over its working time, its steps or its resumptions fails with a clear reason", async () => {
    const prepared: [string, string, string][] = [
      ["UPDATE runs SET steps = steps + 99", "UPDATE calls SET step = step + 99", "step_limit"],
      ["UPDATE runs SET resumptions = 21", "SELECT 1", "resume_limit"],
      ["UPDATE runs SET worked_ms = 7200000", "SELECT 1", "time_limit"],
    ];
    for (const [first, second, reason] of prepared) {
      world = new FakeWorld();
      const order = fakeOrder("ask: go?\nwait: 5\nsay: never");
      await start(order);
      const question = await pendingQuestion();
      await runInDurableObject(objectOf(order), (_object, state) => {
        state.storage.sql.exec(`${first}; ${second}`);
      });
      await stubOf(order).answerQuestion(order.run.id, { ...question, status: "answered", answers: ["yes"] });
      await ended();
      expect(world.end).toMatchObject({ status: "failed", stopReason: reason, problem: { code: "limit_exceeded" } });
    }
  });
});

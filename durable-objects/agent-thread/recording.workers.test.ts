import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunRecording } from "#contract/recording";
import type { Report } from "#contract/report";
import { newId } from "#platform/new-id";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeOrder } from "./fake-world.ts";
import { trim } from "./recorder/recorder.ts";
import { ThreadStore } from "./store.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;
let world: FakeWorld;

beforeEach(() => {
  world = new FakeWorld();
  vi.spyOn(threadWorld, "of").mockImplementation((one) => world.of(real(one)));
});
afterEach(() => vi.restoreAllMocks());

const stubOf = (order: RunOrder) => threadStub(testEnv, order.orgId, order.run.threadId);
const ended = () => vi.waitFor(() => expect(world.end).toBeDefined(), { timeout: 5_000, interval: 10 });

async function run(order: RunOrder): Promise<RunRecording> {
  expect(await stubOf(order).start(order)).toEqual({ ok: true, value: null });
  await ended();
  const found = await stubOf(order).recording(order.run.id);
  if (!found.ok) throw new Error(found.problem.detail);
  return found.value;
}

/** A run of its own that asks the recording instead of the world. */
async function replay(recording: RunRecording, change: Partial<RunOrder["run"]> = {}): Promise<RunOrder> {
  world = new FakeWorld();
  world.recording = recording;
  const replayOf = { conversationId: newId("conversation"), threadId: newId("thread"), runId: recording.run.id };
  const order: RunOrder = {
    ...fakeOrder("", { model: recording.run.model, replayOf, ...change }),
    prompt: recording.prompt,
  };
  await stubOf(order).start(order);
  return order;
}

/** What people would see, without ids and times. */
function shown(reports: Report[]): unknown[] {
  const text = JSON.stringify(reports.filter((one) => one.type === "item.completed").map((one) => one.item));
  const items: Record<string, unknown>[] = JSON.parse(text.replace(/\b([a-z]{3})_[0-9a-f]{32}\b/g, "$1_"));
  return items.map(({ startedAt: _s, completedAt: _c, detail, ...rest }) => {
    const { questionId: _q, approvalId: _a, ...seen } = detail as Record<string, unknown>;
    return { ...rest, detail: seen };
  });
}

const SCRIPT = "think: hmm\nrun: echo hi\nwrite a.txt:\n```\nx\n```\nread a.txt\nsay: so far\nrun: false";

describe("recordings", () => {
  it("AT23 AT24 a replay shows what the recorded run showed, and asks nobody", async () => {
    const recording = await run(fakeOrder(SCRIPT));
    const seen = shown(world.reports);
    expect(recording.exchanges.map((one) => one.kind)).toEqual(
      ["model", "call", "model", "call", "model", "call", "model", "call", "model"].slice(
        0,
        recording.exchanges.length,
      ),
    );
    await replay(recording);
    await ended();
    expect(world.end).toMatchObject({ status: "succeeded", stopReason: "replayed" });
    expect(shown(world.reports)).toEqual(seen);
    expect(world.commands).toEqual([]);
    expect(world.files.size).toBe(0);
  });

  it("AT23 what a person answers and refuses is recorded, and not asked again", async () => {
    const order = fakeOrder("ask: Which? | A | B\nrun: git push\nsay: done", { autonomy: "ask" });
    await stubOf(order).start(order);
    await vi.waitFor(() => expect(world.ofType("question.asked")).toHaveLength(1), 5_000);
    const question = world.ofType("question.asked")[0]?.question;
    if (!question) throw new Error("no question");
    await stubOf(order).answerQuestion(order.run.id, { ...question, status: "answered", answers: ["B"] });
    await vi.waitFor(() => expect(world.ofType("approval.requested")).toHaveLength(1), 5_000);
    const approval = world.ofType("approval.requested")[0]?.approval;
    if (!approval) throw new Error("no approval");
    await stubOf(order).decideApproval(order.run.id, { ...approval, status: "denied", reason: "Not today" });
    await ended();
    const found = await stubOf(order).recording(order.run.id);
    if (!found.ok) throw new Error(found.problem.detail);
    const calls = found.value.exchanges.filter((one) => one.kind === "call");
    expect(calls.map((one) => [one.response.status, one.response.result])).toEqual([
      ["completed", "B"],
      ["declined", "Denied by a person: Not today"],
    ]);
    const seen = shown(world.reports);
    await replay(found.value, { autonomy: "ask" });
    await ended();
    expect(world.end?.stopReason).toBe("replayed");
    expect(world.ofType("question.asked")).toEqual([]);
    expect(world.ofType("approval.requested")).toEqual([]);
    expect(shown(world.reports)).toEqual(seen);
  });

  it("AT23 no credential is in a recording, wherever it came from", async () => {
    const secret = "sk-verysecret1234567890";
    const order = fakeOrder(`run: echo ${secret}\nsay: ${secret} Bearer abcdefghijkl`);
    const recording = await run(order);
    expect(recording.exchanges.length).toBeGreaterThan(2);
    expect(JSON.stringify(recording)).not.toContain(secret);
    expect(JSON.stringify(recording)).not.toContain("abcdefghijkl");
    const tables = await runInDurableObject(stubOf(order) as unknown as DurableObjectStub, (_object, state) =>
      ["exchanges", "blobs"].map((table) => JSON.stringify(state.storage.sql.exec(`SELECT * FROM ${table}`).toArray())),
    );
    for (const rows of tables) expect(rows).not.toContain(secret);
  });

  it("AT24 a replay that is lost goes on where it was", async () => {
    const recording = await run(fakeOrder(SCRIPT));
    const seen = shown(world.reports).length;
    const order = await replay(recording);
    await vi.waitFor(() => expect(world.completed().length).toBeGreaterThan(1), { timeout: 5_000, interval: 1 });
    await abortAllDurableObjects();
    for (let n = 0; n < 20 && !world.end; n += 1) {
      await runDurableObjectAlarm(stubOf(order));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(world.end).toMatchObject({ status: "succeeded", stopReason: "replayed" });
    expect(shown(world.reports).length).toBeGreaterThanOrEqual(seen);
    const again = await stubOf(order).recording(order.run.id);
    expect(again.ok && again.value.exchanges.map((one) => one.digest)).toEqual(
      recording.exchanges.map((one) => one.digest),
    );
  });

  it.each(["fail: The provider is away", "say: one\nfail: The provider is away"])(
    "AT23 AT24 a model that failed fails again, in the same words: %s",
    async (script) => {
      const recording = await run(fakeOrder(script));
      const { problem } = world.end ?? {};
      expect(recording.exchanges.at(-1)?.response).toContainEqual({
        type: "error",
        message: problem?.detail,
        code: problem?.code,
      });
      await replay(recording);
      await ended();
      expect(world.end).toMatchObject({ status: "failed", stopReason: "model_failed", problem });
    },
  );

  it("AT24 a run that was stopped ends where its recording ends", async () => {
    const recording = await run(fakeOrder(SCRIPT));
    await replay({ ...recording, exchanges: recording.exchanges.slice(0, 3) });
    await ended();
    expect(world.end).toMatchObject({ status: "cancelled", stopReason: "recording_ended" });
  });

  it("AT25 another prompt, another answer and a rest that is left are told apart", async () => {
    const recording = await run(fakeOrder(SCRIPT));
    const prompt = { ...recording.prompt, message: { ...recording.prompt.message, content: "say: other" } };
    await replay({ ...recording, prompt });
    await ended();
    expect(world.end).toMatchObject({ status: "failed", stopReason: "diverged" });
    expect(world.end?.problem?.detail).toMatch(
      /^Exchange 1 of \d+, a model call: messages\.0 differs\. Recorded: .*think: hmm.* Now: .*say: other/,
    );
    const [first, call, ...rest] = recording.exchanges;
    if (first?.kind !== "model" || call?.kind !== "call") throw new Error("not as recorded");
    const said = first.response.map((one) =>
      one.type === "tool_call" ? { ...one, input: { command: "echo ho" } } : one,
    );
    await replay({ ...recording, exchanges: [{ ...first, response: said }, call, ...rest] });
    await ended();
    expect(world.end?.problem?.detail).toMatch(
      /Exchange 2 of \d+, a tool call: args differs\. .*echo hi.* Now: .*echo ho/,
    );
    await replay({ ...recording, exchanges: [...recording.exchanges, call] });
    await ended();
    expect(world.end?.problem?.detail).toBe("The run ended with 1 recorded exchanges left.");
  });

  it("AT26 the oldest runs go where there is too much, with what only they named", async () => {
    const first = fakeOrder("say: the first");
    await run(first);
    world.forget();
    const second = { ...fakeOrder("say: the second"), orgId: first.orgId };
    second.run.threadId = first.run.threadId;
    await run(second);
    const blobs = await runInDurableObject(stubOf(first) as unknown as DurableObjectStub, (_object, state) => {
      trim(new ThreadStore(state.storage), second.run.id, 1);
      return JSON.stringify(state.storage.sql.exec("SELECT body FROM blobs").toArray());
    });
    expect(await stubOf(first).recordedRuns()).toEqual({ ok: true, value: [second.run.id] });
    const kept = await stubOf(first).recording(second.run.id);
    expect(kept.ok && kept.value.exchanges.flatMap((one) => Object.values(one.request).flat())).toEqual(
      expect.arrayContaining(Object.keys(kept.ok ? kept.value.blobs : {})),
    );
    expect(blobs).toContain("the second");
  });

  it("AT26 a purge leaves no recording", async () => {
    const order = fakeOrder("say: hi");
    await run(order);
    expect(await stubOf(order).recordedRuns()).toEqual({ ok: true, value: [order.run.id] });
    expect(await stubOf(order).purge()).toEqual({ ok: true, value: null });
    expect(await stubOf(order).recordedRuns()).toEqual({ ok: true, value: [] });
    expect(await stubOf(order).recording(order.run.id)).toMatchObject({ ok: false, problem: { code: "not_found" } });
  });
});

import { describe, expect, it } from "vitest";
import { LIMITS } from "#contract/limits";
import { newId } from "#platform/new-id";
import { finished, itemOf, makeHarness } from "./testing/harness.ts";

const types = (events: { event: { type: string } }[]) => events.map((one) => one.event.type);

describe("prompts and runs", () => {
  it("CV10 starts a run when idle and queues behind the active one, 20 deep", async () => {
    const chat = await makeHarness();
    const first = await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    for (let n = 0; n < LIMITS.queueDepth; n += 1) {
      await chat.command({ type: "message.post", content: `queued ${n}`, mode: "auto", attachments: [] });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await expect(
      chat.command({ type: "message.post", content: "over", mode: "queue", attachments: [] }),
    ).rejects.toThrow(/conflict.*20/);
    const run = await chat.activeRun();
    expect(run.id).toBe(first.runId);
    expect((await chat.events()).filter((one) => one.event.type === "run.queued")).toHaveLength(LIMITS.queueDepth);
    expect(chat.calls.filter((call) => call.method === "start")).toHaveLength(1);
  });

  it("CV11 steers the active run, and interrupts it before what is queued", async () => {
    const chat = await makeHarness();
    const first = await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const queued = await chat.command({ type: "message.post", content: "two", mode: "auto", attachments: [] });
    const steer = await chat.command({ type: "message.post", content: "left", mode: "steer", attachments: [] });
    expect(steer.runId).toBe(first.runId);
    const urgent = await chat.command({ type: "message.post", content: "now", mode: "interrupt", attachments: [] });
    expect((await chat.activeRun()).id).toBe(urgent.runId);
    await chat.use((object) => {
      expect(object.store.state.runs.get(first.runId ?? "")?.status).toBe("cancelled");
      expect(object.store.state.head?.threads[0]?.queue).toEqual([queued.runId]);
    });
    expect(chat.calls.map((call) => call.method)).toEqual(["start", "steer", "cancel", "start"]);
  });

  it("CV12 a cancelled run is over at once, with its partial text, and refuses later reports", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    const item = itemOf(run);
    await chat.report(run, 1, [{ type: "item.started", item }], [{ itemId: item.id, offset: 0, text: "half a sen" }]);
    await chat.command({ type: "run.cancel", runId: run.id });
    await chat.use((object) => {
      expect(object.store.state.items.get(item.id)).toMatchObject({ status: "cancelled", text: "half a sen" });
      expect(object.live.all()).toEqual([]);
    });
    const before = await chat.events();
    expect(await chat.report(run, 2, [finished])).toEqual([{ type: "fenced" }]);
    expect(await chat.events()).toEqual(before);
    expect(chat.calls.at(-1)).toMatchObject({ method: "cancel", args: [run.id, "Stopped by Ada"] });
  });

  it("CV13 starts the next of the queue in the transaction that ends a run", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const second = await chat.command({ type: "message.post", content: "two", mode: "auto", attachments: [] });
    const third = await chat.command({ type: "message.post", content: "three", mode: "auto", attachments: [] });
    const head = await chat.use((object) => object.store.state.head);
    await chat.command({
      type: "queue.reorder",
      threadId: head?.threads[0]?.id ?? "",
      queue: [third.runId ?? "", second.runId ?? ""],
    });
    expect(await chat.report(await chat.activeRun(), 1, [finished])).toEqual([{ type: "ack", n: 1 }]);
    expect((await chat.activeRun()).id).toBe(third.runId);
    expect(types(await chat.events()).slice(-2)).toEqual(["run.finished", "run.started"]);
    await chat.command({ type: "queue.remove", runId: second.runId ?? "" });
    await chat.report(await chat.activeRun(), 1, [finished]);
    await expect(chat.activeRun()).rejects.toThrow("no run is active");
  });

  it("tries a run again, and refuses while it goes on", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    await expect(chat.command({ type: "run.retry", runId: run.id })).rejects.toThrow(/conflict/);
    await chat.report(run, 1, [{ ...finished, status: "failed" }]);
    const retried = await chat.command({ type: "run.retry", runId: run.id });
    expect(await chat.activeRun()).toMatchObject({ id: retried.runId, retryOf: run.id, messageId: run.messageId });
  });

  it("archiving stops the work and empties the queue; restoring lets it go on", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    await chat.command({ type: "message.post", content: "two", mode: "auto", attachments: [] });
    await chat.command({ type: "conversation.archive", archived: true });
    await expect(chat.activeRun()).rejects.toThrow("no run is active");
    await expect(chat.command({ type: "message.post", content: "x", mode: "auto", attachments: [] })).rejects.toThrow(
      /archived/,
    );
    await chat.command({ type: "conversation.archive", archived: false });
    await chat.command({ type: "message.post", content: "x", mode: "auto", attachments: [] });
    await expect(chat.activeRun()).resolves.toMatchObject({ status: "running" });
  });
});

describe("reports", () => {
  it("CV15 stores each numbered report once, whatever is sent again, and does not jump a gap", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    const [a, b, c] = [itemOf(run), itemOf(run), itemOf(run)].map((item) => ({ type: "item.started" as const, item }));
    if (!a || !b || !c) throw new Error("three items");
    expect(await chat.report(run, 1, [a, b])).toEqual([{ type: "ack", n: 2 }]);
    const before = await chat.events();
    expect(await chat.report(run, 1, [a, b])).toEqual([{ type: "ack", n: 2 }]);
    expect(await chat.report(run, 4, [c])).toEqual([{ type: "ack", n: 2 }]);
    expect(await chat.events()).toEqual(before);
    expect(await chat.report(run, 2, [b, c])).toEqual([{ type: "ack", n: 3 }]);
    expect(await chat.events()).toHaveLength(before.length + 1);
  });

  it("CV16 refuses reports of an older epoch and of an unknown run", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    await chat.use((object) =>
      object.journal.submit(object.agentActor(), () => ({
        ok: true,
        value: { events: [{ type: "run.resumed", runId: run.id, epoch: 2 }], value: () => null },
      })),
    );
    expect(await chat.report(run, 1, [finished])).toEqual([{ type: "fenced" }]);
    expect(await chat.report({ id: newId("run"), epoch: 1 }, 1, [finished])).toEqual([{ type: "fenced" }]);
    expect(await chat.report({ ...run, epoch: 2 }, 1, [finished])).toEqual([{ type: "ack", n: 1 }]);
  });

  it("CV17 joins deltas by offset: nothing twice, nothing missing, and asks for what it lacks", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    const item = itemOf(run);
    const piece = (offset: number, text: string) => ({ itemId: item.id, offset, text });
    await chat.report(
      run,
      1,
      [{ type: "item.started", item }],
      [piece(0, "Hello"), piece(3, "lo, wor"), piece(0, "Hel")],
    );
    expect(await chat.report(run, 2, [], [piece(20, "late")])).toEqual([{ type: "resend", itemId: item.id, have: 10 }]);
    await chat.report(run, 2, [], [piece(10, "ld")]);
    const shown = await chat.use((object) => object.snapshot(chat.principal));
    expect(shown.ok && shown.value.items[0]?.text).toBe("Hello, world");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await chat.evict();
    const woken = await chat.use((object) => object.snapshot(chat.principal));
    expect(woken.ok && woken.value.items[0]?.text).toBe("Hello, world");
  });
});

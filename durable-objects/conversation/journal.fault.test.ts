import { describe, expect, it, vi } from "vitest";
import { LIMITS } from "#contract/limits";
import { ok } from "#contract/problem";
import { SYSTEM_ACTOR } from "./creation.ts";
import { receive } from "./sockets.ts";
import { finished, makeHarness } from "./testing/harness.ts";
import { HARD_LIMIT_MS, STALL_MS, watchRun } from "./watch.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const rename = (title: string) => ({ type: "conversation.renamed" as const, title, titleBy: "auto" as const });

describe("faults", () => {
  it("CV4 a failing write leaves neither event nor effect, and memory as it was", async () => {
    const chat = await makeHarness();
    const before = await chat.events();
    await chat.use(async (object, state) => {
      state.storage.sql.exec(
        "CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END",
      );
      const failed = object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename("never")], value: () => null }));
      await expect(failed).rejects.toThrow(/disk full/);
      expect(object.store.state.head?.title).toBe("New conversation");
      state.storage.sql.exec("DROP TRIGGER broken");
      await object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename("then")], value: () => null }));
      expect(object.store.state.head?.title).toBe("then");
    });
    expect(await chat.events()).toHaveLength(before.length + 1);
  });

  it("CV7 keeps what was acknowledged through an eviction, and hands the thread its run again until it took it", async () => {
    const chat = await makeHarness();
    const posted = await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    await chat.evict();
    const log = await chat.events();
    expect(log.at(-1)?.seq).toBeGreaterThanOrEqual(posted.seq);
    await chat.use((object) => object.drain());
    expect(chat.calls.filter((call) => call.method === "start")).toHaveLength(1);
  });

  it("CV70 ends the report socket of a frame that could not be stored, and acknowledges none of it", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    const said: string[] = [];
    const socket = { send: (text: string) => said.push(text), close: (code: number) => said.push(`closed ${code}`) };
    const data = JSON.stringify({ runId: run.id, epoch: run.epoch, n: 1, reports: [finished], deltas: [] });
    const send = () =>
      chat.use((object) =>
        receive({ getTags: () => ["report"] } as unknown as DurableObjectState, object, {
          socket: socket as unknown as WebSocket,
          data,
        }),
      );
    await chat.use((_object, state) =>
      state.storage.sql.exec(
        "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END",
      ),
    );
    await expect(send()).rejects.toThrow(/disk full/);
    expect(said).toEqual(["closed 1011"]);
    await chat.use((_object, state) => state.storage.sql.exec("DROP TRIGGER broken"));
    await send();
    expect(said).toEqual(["closed 1011", '{"type":"ack","n":1}']);
  });

  it("CV8 takes at most 1,000 appends in flight and says when to come back", async () => {
    const chat = await makeHarness();
    const results = await chat.use((object) =>
      Promise.all(
        Array.from({ length: LIMITS.appendsInFlight + 5 }, (_, n) =>
          object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename(`t${n}`)], value: () => n })),
        ),
      ),
    );
    const refused = results.filter((one) => !one.ok);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ problem: { code: "rate_limited", retryAfterS: 1 } });
    expect((await chat.events()).at(-1)?.event).toMatchObject({ title: `t${LIMITS.appendsInFlight - 1}` });
  });

  it("CV9 commits what came in one turn together and in order: all or nothing", async () => {
    const chat = await makeHarness();
    const before = await chat.events();
    await chat.use(async (object) => {
      const one = object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename("a")], value: () => null }));
      const two = object.journal.submit(SYSTEM_ACTOR, () => {
        throw new Error("a broken task");
      });
      await expect(Promise.allSettled([one, two])).resolves.toMatchObject([
        { status: "rejected" },
        { status: "rejected" },
      ]);
    });
    expect(await chat.events()).toEqual(before);
    await chat.use(async (object) => {
      await Promise.all(
        ["b", "c", "d"].map((title) =>
          object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename(title)], value: () => null })),
        ),
      );
    });
    expect((await chat.events()).slice(-3).map((one) => one.event)).toEqual([rename("b"), rename("c"), rename("d")]);
  });

  it("CV9 stores a lone append without waiting for a timer, and gathers what comes in its wake", async () => {
    const chat = await makeHarness();
    await chat.use(async (object) => {
      const append = (title: string) =>
        object.journal.submit(SYSTEM_ACTOR, () => ok({ events: [rename(title)], value: () => null }));
      const groups: number[] = [];
      vi.spyOn(object.viewers, "publish").mockImplementation((envelopes) => void groups.push(envelopes.length));
      await pause(20);
      const order: string[] = [];
      const timer = pause(0).then(() => order.push("timer"));
      await append("lone").then(() => order.push("stored"));
      const second = append("second");
      await Promise.resolve();
      await Promise.all([second, append("third"), timer]);
      expect(order).toEqual(["stored", "timer"]);
      expect(groups).toEqual([1, 2]);
    });
    vi.restoreAllMocks();
  });

  it("CV14 a silent run stalls, goes on when it reports, and fails at the hard limit", async () => {
    const chat = await makeHarness();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    const run = await chat.activeRun();
    await chat.use(async (object) => {
      const clock = { runId: run.id, sinceMs: 0, heardMs: 0 };
      expect(watchRun(object.view(), clock, STALL_MS - 1)).toEqual([]);
      const stalled = watchRun(object.view(), clock, STALL_MS);
      expect(stalled).toEqual([{ type: "run.waiting", runId: run.id, reason: "stalled" }]);
      await object.journal.submit(SYSTEM_ACTOR, () => ok({ events: stalled, value: () => null }));
      const ended = watchRun(object.view(), clock, HARD_LIMIT_MS);
      expect(ended.at(-1)).toMatchObject({
        type: "run.finished",
        status: "failed",
        problem: { code: "limit_exceeded" },
      });
    });
    expect(await chat.report(run, 1, [finished])).toEqual([{ type: "ack", n: 1 }]);
    const types = (await chat.events()).slice(-3).map((one) => one.event.type);
    expect(types).toEqual(["run.waiting", "run.resumed", "run.finished"]);
  });
});

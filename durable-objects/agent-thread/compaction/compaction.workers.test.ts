import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunRecording } from "#contract/recording";
import type { CallPurpose } from "#contract/usage";
import { newId } from "#platform/new-id";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../../workers/shared/testing/world.ts";
import { FakeWorld, fakeMessage, fakeOrder } from "../fake-world.ts";
import { threadWorld } from "../world.ts";

const real = threadWorld.of;
/** Three turns of this size do not fit; two do. */
const WINDOW = 8_000;
const LONG = "lorem ipsum ".repeat(500);

interface Call {
  purpose: CallPurpose | undefined;
  messages: { role: string; content: unknown }[];
}

let world: FakeWorld;
let calls: Call[];
let recordings: Map<string, RunRecording>;
/** How a call is answered; by what it is for. */
let answer: (call: Call) => Response | Promise<Response>;

function says(text: string): Response {
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 0, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return new Response(`${chunk({ content: text }, null)}${chunk({}, "stop")}data: [DONE]\n\n`, {
    headers: { "content-type": "text/event-stream" },
  });
}
const refuses = (code: string) => Response.json({ error: { message: `refused: ${code}`, code } }, { status: 422 });

beforeEach(() => {
  world = new FakeWorld();
  world.contextTokens = WINDOW;
  [calls, recordings] = [[], new Map()];
  answer = ({ purpose }) => says(purpose === "summary" ? "They greeted each other." : "done");
  vi.spyOn(threadWorld, "of").mockImplementation((one) => ({
    ...world.of(real(one)),
    recording: async (_order, { runId }) => {
      const found = recordings.get(runId);
      return found ? { ok: true, value: found } : { ok: false, problem: { code: "not_found", detail: "none" } };
    },
    model: (order, purpose) =>
      order.run.model === "demo/scripted"
        ? real(one).model(order, purpose)
        : createOpenAICompatible({
            name: "fake",
            baseURL: "http://fake/v1",
            fetch: async (_input, init) => {
              const call = { purpose, messages: JSON.parse(String(init?.body)).messages };
              calls.push(call);
              return answer(call);
            },
          }).chatModel("one"),
  }));
});
afterEach(() => vi.restoreAllMocks());

const stubOf = (order: RunOrder) => threadStub(testEnv, order.orgId, order.run.threadId);
const ended = () => vi.waitFor(() => expect(world.end).toBeDefined(), { timeout: 5_000, interval: 10 });

/** Another run of the same thread. */
function next(order: RunOrder, content: string, change: Partial<RunOrder["run"]> = {}): RunOrder {
  const message = fakeMessage(content);
  return {
    ...order,
    run: { ...order.run, id: newId("run"), messageId: message.id, ...change },
    prompt: { message, authorName: "Ana" },
  };
}

async function run(order: RunOrder): Promise<void> {
  world.forget();
  expect(await stubOf(order).start(order)).toEqual({ ok: true, value: null });
  await ended();
}

/** Two long turns, so that a third does not fit. */
async function longThread(model = "fake/one"): Promise<RunOrder[]> {
  const first = fakeOrder(`first ${LONG}`, { model });
  const second = next(first, `second ${LONG}`);
  for (const one of [first, second]) await run(one);
  calls.length = 0;
  return [first, second];
}

const storedIn = (order: RunOrder) =>
  runInDurableObject(stubOf(order), (_object, state) => ({
    compactions: state.storage.sql.exec("SELECT upto, summary FROM compactions").toArray(),
    messages: state.storage.sql.exec("SELECT COUNT(*) AS n FROM messages").one().n,
  }));
/** Which of the turns, and of the summaries, a call tells the model of. */
const tells = (call: Call | undefined) =>
  [...JSON.stringify(call?.messages).matchAll(/(first|second|third|fourth|fifth) lorem|They greeted/g)].map(
    (match) => match[1] ?? "summary",
  );

describe("compaction", () => {
  it("AT73 older turns are summarised once by the model, the summary stands for them, and an item says so", async () => {
    const [first] = await longThread();
    const third = next(first as RunOrder, `third ${LONG}`);
    await run(third);
    expect(world.end?.status).toBe("succeeded");
    expect(calls.map((one) => one.purpose)).toEqual(["summary", undefined]);
    expect(calls.map(tells)).toEqual([
      ["first", "second"],
      ["summary", "third"],
    ]);
    expect(world.completed("artifact")).toMatchObject([
      {
        title: expect.stringMatching(/^Compacted 2 earlier turns, about 3k → \d+ tokens$/),
        text: "They greeted each other.",
        status: "completed",
      },
    ]);
    const stored = await storedIn(third);
    expect(stored).toMatchObject({ compactions: [{ summary: "They greeted each other." }], messages: 6 });
    calls.length = 0;
    await run(next(third, "fourth"));
    expect(calls.map((one) => one.purpose)).toEqual([undefined]);
    expect(tells(calls[0])).toEqual(["summary", "third"]);
  });

  it("AT73 a later summary is made from the earlier one", async () => {
    const [first] = await longThread();
    await run(next(first as RunOrder, `third ${LONG}`));
    await run(next(first as RunOrder, `fourth ${LONG}`));
    calls.length = 0;
    await run(next(first as RunOrder, `fifth ${LONG}`));
    expect(calls.map((one) => one.purpose)).toEqual(["summary", undefined]);
    expect(tells(calls[0])).toEqual(["summary", "third", "fourth"]);
  });

  it("AT74 where the model makes no summary the turns are left out, said once, and summarised later where that works", async () => {
    const [first] = await longThread();
    answer = ({ purpose }) => (purpose === "summary" ? refuses("upstream_failed") : says("done"));
    await run(next(first as RunOrder, `third ${LONG}`));
    expect(world.end?.status).toBe("succeeded");
    expect(world.completed("artifact")).toMatchObject([
      { title: expect.stringMatching(/^Left out 2 earlier turns/), text: expect.stringContaining("refused") },
    ]);
    calls.length = 0;
    await run(next(first as RunOrder, "short"));
    expect([calls.length, world.completed("artifact")]).toEqual([1, []]);
    answer = ({ purpose }) => says(purpose === "summary" ? "At last." : "done");
    await run(next(first as RunOrder, `fourth ${LONG}`));
    calls.length = 0;
    await run(next(first as RunOrder, `fifth ${LONG}`));
    expect((await storedIn(first as RunOrder)).compactions.at(-1)).toMatchObject({ summary: "At last." });
  });

  it("AT74 the demo model is not asked", async () => {
    const first = fakeOrder(`say: ${LONG}`);
    await run(first);
    await run(next(first, `say: ${LONG}`));
    expect(world.completed("artifact")).toMatchObject([{ title: expect.stringMatching(/^Left out 1 earlier turn,/) }]);
    expect(world.end?.status).toBe("succeeded");
  });

  it("AT74 a summary over the budget ends the run as `budget`, and nothing is left out", async () => {
    const [first] = await longThread();
    answer = () => refuses("limit_exceeded");
    await run(next(first as RunOrder, `third ${LONG}`));
    expect(world.end).toMatchObject({ status: "failed", stopReason: "budget" });
    expect((await storedIn(first as RunOrder)).compactions).toEqual([]);
  });

  it("AT75 a compaction that was lost in the middle is made again, and counts once", async () => {
    const [first] = await longThread();
    const third = next(first as RunOrder, `third ${LONG}`);
    let asked = 0;
    answer = ({ purpose }) => {
      if (purpose !== "summary") return says("done");
      asked += 1;
      return asked === 1 ? new Promise<Response>(() => undefined) : says("Again.");
    };
    world.forget();
    await stubOf(third).start(third);
    await vi.waitFor(() => expect(asked).toBe(1));
    await abortAllDurableObjects();
    for (let n = 0; n < 20 && !world.end; n += 1) {
      await runDurableObjectAlarm(stubOf(third));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(world.end?.status).toBe("succeeded");
    expect(world.completed("artifact").map((one) => one.status)).toEqual(["interrupted", "completed"]);
    expect((await storedIn(third)).compactions).toMatchObject([{ summary: "Again." }]);
  });

  it("AT75 a compaction is recorded, and replayed without a model", async () => {
    const [first, second] = await longThread();
    const third = next(first as RunOrder, `third ${LONG}`);
    await run(third);
    const recorded = [first, second, third] as RunOrder[];
    for (const one of recorded) {
      const found = await stubOf(one).recording(one.run.id);
      if (found.ok) recordings.set(one.run.id, found.value);
    }
    expect(recordings.get(third.run.id)).toMatchObject({
      run: { contextTokens: WINDOW },
      exchanges: [{ n: 1 }, { n: 2 }],
    });
    const shown = world.completed("artifact").map((one) => one.title);
    calls.length = 0;
    world.contextTokens = null;
    const copy = fakeOrder("");
    for (const one of recorded) {
      const replayOf = { conversationId: one.conversationId, threadId: one.run.threadId, runId: one.run.id };
      const run = { ...copy.run, id: newId("run"), model: one.run.model, replayOf };
      world.forget();
      await stubOf(copy).start({ ...copy, run, prompt: one.prompt });
      await ended();
      expect(world.end).toMatchObject({ stopReason: "replayed" });
    }
    expect([calls, world.completed("artifact").map((one) => one.title)]).toEqual([[], shown]);
  });
});

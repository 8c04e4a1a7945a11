import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type RunRecording, recordingLine } from "#contract/recording";
import { newId } from "#platform/new-id";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeOrder } from "./fake-world.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;
let world: FakeWorld;

/** Recordings of real conversations, and one that `npm run replay FILE` names. */
const kept: Record<string, string> = import.meta.glob("./recordings/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});
const { REPLAY_RECORDING = "" } = env as unknown as Record<string, string | undefined>;
const recordings = Object.entries(REPLAY_RECORDING === "" ? kept : { "the given recording": REPLAY_RECORDING });

function runsOf(jsonl: string): RunRecording[] {
  const lines = jsonl.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => recordingLine.parse(JSON.parse(line)));
  const runs = parsed.flatMap((line) => (line.type === "run" ? [line.recording] : []));
  expect(parsed.at(-1)).toEqual({ type: "end", runs: runs.length });
  return runs;
}

beforeEach(() => {
  vi.spyOn(threadWorld, "of").mockImplementation((one) => ({
    ...world.of(real(one)),
    recording: async (_order, of) => {
      const found = runs.get(of.runId);
      if (!found) throw new Error(`no recording of ${of.runId}`);
      return { ok: true, value: found };
    },
  }));
});

const runs = new Map<string, RunRecording>();

/** The runs of one conversation, one after the other in one thread, each asking its recording. */
async function replayAll(recorded: RunRecording[]): Promise<unknown[]> {
  const first = fakeOrder("");
  const ends: unknown[] = [];
  for (const one of recorded) {
    runs.set(one.run.id, one);
    const replayOf = { conversationId: first.conversationId, threadId: first.run.threadId, runId: one.run.id };
    const run = { ...first.run, id: newId("run"), model: one.run.model, replayOf };
    const binding = { ...first.binding, repository: one.repository };
    const order: RunOrder = { ...first, run, binding, prompt: one.prompt };
    const before = world.ofType("run.finished").length;
    await threadStub(testEnv, order.orgId, order.run.threadId).start(order);
    await vi.waitFor(() => expect(world.ofType("run.finished").length).toBeGreaterThan(before), { timeout: 20_000 });
    const { stopReason, problem } = world.end ?? {};
    ends.push({ stopReason, problem });
    world.forget();
  }
  return ends;
}

describe("kept recordings", () => {
  it.each(recordings)("AT24 %s ends with the present code as it was recorded", async (_name, jsonl) => {
    world = new FakeWorld();
    const recorded = runsOf(jsonl);
    expect(recorded.length).toBeGreaterThan(0);
    const ends = await replayAll(recorded);
    for (const end of ends) {
      expect(end).not.toMatchObject({ stopReason: "diverged" });
      expect(end).not.toMatchObject({ problem: { code: "internal" } });
    }
  });
});

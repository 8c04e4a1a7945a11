import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Report, ReportFrame } from "#contract/report";
import { ReportSocket } from "./report-socket.ts";

const report = (n: number): Report => ({ type: "changes.changed", files: n });

/** The conversation's end of a socket that the test answers for. */
class Far {
  readonly frames: ReportFrame[] = [];
  readonly #listeners = new Map<string, (event: { data: string }) => void>();

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(type, listener);
  }

  send(text: string): void {
    this.frames.push(JSON.parse(text));
  }

  close(): void {}

  answer(n: number): void {
    this.#listeners.get("message")?.({ data: JSON.stringify({ type: "ack", n }) });
  }

  get texts(): string[] {
    return this.frames.flatMap((frame) => frame.deltas.map((one) => one.text));
  }

  /** The numbers of the reports it got, in order. */
  get numbers(): number[] {
    return this.frames.flatMap((frame) => frame.reports.map((_, index) => frame.n + index));
  }
}

function open(count: number) {
  const far = new Far();
  const thread = { count, acked: 0, text: "" };
  const socket = new ReportSocket({
    runId: "run_1",
    epoch: () => 1,
    ackedN: () => thread.acked,
    reportsAfter: (n, limit) =>
      Array.from({ length: Math.min(limit, thread.count - n) }, (_, index) => ({
        n: n + index + 1,
        report: report(n + index + 1),
        size: 20,
      })),
    takeDeltas() {
      const { text } = thread;
      thread.text = "";
      return text === "" ? [] : [{ itemId: "itm_1", offset: 0, text }];
    },
    busy: () => true,
    acknowledged: (n) => {
      thread.acked = Math.max(thread.acked, n);
    },
    resend: () => undefined,
    fenced: () => undefined,
    connect: async () => ({ ok: true, value: far as unknown as WebSocket }),
  });
  return { far, thread, socket };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("the report socket", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("AT70 sends reports at once, and growing text at once after a pause and then a piece a tick", async () => {
    const { far, thread, socket } = open(1);
    socket.nudge();
    await settle();
    expect(far.numbers).toEqual([1]);
    thread.count = 2;
    thread.text = "a";
    socket.nudgeText();
    await settle();
    expect(far.numbers).toEqual([1]);
    await vi.advanceTimersByTimeAsync(20);
    expect(far.numbers).toEqual([1, 2]);
    expect(far.texts).toEqual(["a"]);
    thread.count = 3;
    thread.text = "b";
    socket.nudge();
    await settle();
    expect(far.numbers).toEqual([1, 2, 3]);
    expect(far.texts).toEqual(["a", "b"]);
    far.answer(3);
    await vi.advanceTimersByTimeAsync(100);
    thread.text = "c";
    socket.nudgeText();
    await settle();
    expect(far.texts).toEqual(["a", "b", "c"]);
    socket.close();
  });

  it("AT71 has at most three frames under way, and goes on as they are acknowledged", async () => {
    const { far, socket } = open(2_000);
    socket.nudge();
    await vi.advanceTimersByTimeAsync(200);
    expect(far.frames).toHaveLength(3);
    for (let n = 256; n < 2_000; n += 256) {
      far.answer(n);
      await vi.advanceTimersByTimeAsync(20);
    }
    far.answer(2_000);
    await vi.advanceTimersByTimeAsync(20);
    expect(far.numbers).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
    socket.close();
  });

  it("AT71 goes on from where an acknowledgement falls short, as after a conversation that was too busy", async () => {
    const { far, socket } = open(512);
    socket.nudge();
    await settle();
    far.answer(100);
    far.answer(100);
    await vi.advanceTimersByTimeAsync(20);
    expect(far.numbers.slice(512, 514)).toEqual([101, 102]);
    expect(far.numbers.at(-1)).toBe(512);
    socket.close();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Envelope } from "#contract/event";
import type { ServerFrame } from "#contract/frame";
import { type Viewer, Viewers } from "./viewers.ts";

class FakeSocket {
  readonly frames: ServerFrame[] = [];

  send(text: string): void {
    this.frames.push(JSON.parse(text));
  }

  serializeAttachment(): void {}
  deserializeAttachment(): null {
    return null;
  }

  /** What it got, short: the seqs of each frame of events, or the frame's type. */
  get told(): string[] {
    return this.frames.map((one) => (one.type === "events" ? one.events.map((event) => event.seq).join() : one.type));
  }
}

function audienceOf(count: number) {
  const sockets = Array.from({ length: count }, () => new FakeSocket());
  const ctx = {
    getWebSockets: () => sockets,
    acceptWebSocket: (socket: FakeSocket) => void sockets.push(socket),
  };
  return { sockets, first: sockets[0] as FakeSocket, viewers: new Viewers(ctx as unknown as DurableObjectState) };
}

const events = (...seqs: number[]) => seqs.map((seq) => ({ seq }) as Envelope);

describe("events to viewers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("CV71 go to a small audience with every commit", () => {
    const { first, viewers } = audienceOf(10);
    for (const seq of [1, 2, 3]) viewers.publish(events(seq));
    expect(first.told).toEqual(["1", "2", "3"]);
  });

  it("CV71 go to a large one at once after a pause, and then together", () => {
    const { first, sockets, viewers } = audienceOf(1_000);
    for (const seq of [1, 2, 3]) viewers.publish(events(seq));
    expect(first.told).toEqual(["1"]);
    vi.advanceTimersByTime(16);
    viewers.publish(events(4));
    expect(first.told).toEqual(["1", "2,3"]);
    vi.advanceTimersByTime(16);
    vi.advanceTimersByTime(16);
    viewers.publish(events(5));
    expect(first.told).toEqual(["1", "2,3", "4", "5"]);
    expect(sockets.every((one) => one.told.join() === first.told.join())).toBe(true);
  });

  it("CV71 are overtaken by nothing, and not said to who comes after them", () => {
    const { first, viewers } = audienceOf(1_000);
    viewers.publish(events(1));
    viewers.publish(events(2));
    viewers.publishDeltas([{ type: "delta", itemId: "itm_1", offset: 0, text: "a" }]);
    viewers.publish(events(3));
    viewers.send(first as unknown as WebSocket, { type: "pong" });
    viewers.publish(events(4));
    const late = new FakeSocket();
    viewers.accept(late as unknown as WebSocket, { state: "viewing" } as Viewer);
    vi.advanceTimersByTime(50);
    expect(first.told).toEqual(["1", "2", "delta", "3", "pong", "4"]);
    expect(late.told).toEqual([]);
  });
});

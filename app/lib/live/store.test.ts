import { describe, expect, test } from "vitest";
import type { ClientFrame, ServerFrame } from "#contract/frame";
import { finished } from "../../testing/conversations.ts";
import { ADA, AGENT, id, itemOf, messageOf, runOf } from "../../testing/fixtures.ts";
import type { ConnectionState, Return, SocketLike } from "./connection.ts";
import { ConversationStore, type PendingMessage } from "./store.ts";

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly since: number;
  readonly sent: ClientFrame[] = [];
  closed = false;
  constructor(since: number) {
    this.since = since;
  }
  send(data: string) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.closed = true;
  }
  say(frame: ServerFrame | Record<string, unknown>) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  hello(seq: number, live: { itemId: string; text: string }[] = []) {
    this.onopen?.();
    this.say({ type: "hello", seq, live, memberId: ADA });
  }
  lose(code = 1006) {
    this.onclose?.({ code });
  }
}

function setUp(mayReturn?: () => Promise<Return>) {
  const sockets: FakeSocket[] = [];
  const timers: { run: () => void; delayMs: number }[] = [];
  const kept: PendingMessage[][] = [];
  let frames: (() => void)[] = [];
  let ids = 0;
  const store = new ConversationStore(finished(), {
    open: (since) => {
      const socket = new FakeSocket(since);
      sockets.push(socket);
      return socket;
    },
    onNextFrame: (run) => frames.push(run),
    newId: () => `client-${++ids}`,
    keep: (pending) => kept.push(pending),
    setTimer: (run, delayMs) => timers[timers.push({ run, delayMs }) - 1],
    clearTimer: (timer) => {
      const at = timers.indexOf(timer as { run: () => void; delayMs: number });
      if (at >= 0) timers.splice(at, 1);
    },
    random: () => 0.5,
    ...(mayReturn && { mayReturn }),
  });
  store.connection.start();
  return {
    store,
    sockets,
    kept,
    timers,
    paint: () => {
      const due = frames;
      frames = [];
      for (const run of due) run();
    },
    socket: () => sockets.at(-1) as FakeSocket,
    /** Runs the reconnection timer, the only short one. */
    wait: () => timers.find((one) => one.delayMs < 24_000)?.run(),
  };
}

const SEQ = finished().seq;
const at = "2026-11-20T09:00:00.000Z";
const envelope = (seq: number, event: Record<string, unknown>) => ({
  seq,
  at,
  conversationId: id("cnv", 1),
  by: { memberId: ADA, kind: "human" },
  event,
});

const { seq: _item, ...growing } = itemOf(90, { runId: id("run", 90), status: "in_progress", completedAt: null });
const { seq: _run, endSeq: _end, ...run } = runOf(90, { status: "running", finishedAt: null, agentId: AGENT });
const { seq: _message, ...message } = messageOf(91);

describe("connection", () => {
  test("asks for what comes after the snapshot, catches up, and is live", () => {
    const { store, socket } = setUp();
    const seen: ConnectionState[] = [store.connectionState];
    expect(socket().since).toBe(SEQ);
    socket().hello(SEQ + 1);
    seen.push(store.connectionState);
    socket().say({ type: "events", events: [envelope(SEQ + 1, { type: "changes.changed", files: 9 })] });
    seen.push(store.connectionState);
    expect(seen).toEqual(["connecting", "catching_up", "live"]);
    expect(store.state.head?.changedFiles).toBe(9);
  });

  test("comes back with its own cursor, waiting longer each time", () => {
    const { store, sockets, socket, timers, wait } = setUp();
    socket().hello(SEQ);
    socket().say({ type: "events", events: [envelope(SEQ + 1, { type: "changes.changed", files: 1 })] });
    socket().lose();
    expect(store.connectionState).toBe("reconnecting");
    const first = timers.at(-1)?.delayMs ?? 0;
    wait();
    expect(socket().since).toBe(SEQ + 1);
    socket().lose();
    expect(timers.at(-1)?.delayMs).toBeGreaterThan(first);
    wait();
    socket().hello(SEQ + 1);
    expect(store.connectionState).toBe("live");
    expect(sockets).toHaveLength(3);
  });

  test("stays away when it is told that it may not come back", () => {
    const { store, sockets, timers, socket } = setUp();
    socket().hello(SEQ);
    socket().lose(4403);
    expect(store.connectionState).toBe("no_access");
    expect(timers).toHaveLength(0);
    store.connection.retryNow();
    expect(sockets).toHaveLength(1);
  });

  test("comes back as what the reader is now where its socket was closed as unauthenticated", async () => {
    const { store, sockets, socket, wait } = setUp(async () => "back");
    socket().hello(SEQ);
    socket().lose(4401);
    await Promise.resolve();
    expect(store.connectionState).toBe("reconnecting");
    wait();
    socket().hello(SEQ);
    expect(store.connectionState).toBe("live");
    expect(sockets).toHaveLength(2);
  });

  test.each(["signed_out", "no_access"] as const)(
    "ends where the reader has nothing to come back as: %s",
    async (now) => {
      const { store, sockets, socket, timers } = setUp(async () => now);
      socket().hello(SEQ);
      socket().lose(4401);
      await Promise.resolve();
      expect(store.connectionState).toBe(now);
      expect(timers).toHaveLength(0);
      store.connection.retryNow();
      store.connection.lost();
      expect(sockets).toHaveLength(1);
      expect(store.connectionState).toBe(now);
    },
  );

  test("asks too where a socket is never attached, as a refused one is, and goes on while nobody can say", async () => {
    const answers: Return[] = ["later", "back", "signed_out"];
    const asked: Return[] = [];
    const { store, sockets, socket, wait } = setUp(async () => {
      asked.push(answers[asked.length] as Return);
      return asked.at(-1) as Return;
    });
    socket().hello(SEQ);
    socket().lose();
    expect(asked).toEqual([]);
    for (let tries = 0; tries < 3; tries += 1) {
      wait();
      socket().lose();
      await Promise.resolve();
    }
    expect(asked).toEqual(answers);
    expect(store.connectionState).toBe("signed_out");
    expect(sockets).toHaveLength(4);
  });

  test("steps over events of a type it does not know", () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    const known = envelope(SEQ + 2, { type: "changes.changed", files: 4 });
    socket().say({ type: "events", events: [envelope(SEQ + 1, { type: "moon.rose", phase: 3 }), known] });
    expect(store.state.seq).toBe(SEQ + 2);
    expect(store.state.head?.changedFiles).toBe(4);
  });
});

describe("commands", () => {
  test("are sent again under the same id until they are answered, and then no more", async () => {
    const { store, socket, wait } = setUp();
    const answer = store.command({ type: "run.cancel", runId: id("run", 2) });
    expect(socket().sent).toHaveLength(0);
    socket().hello(SEQ);
    const [first] = socket().sent;
    socket().lose();
    wait();
    socket().hello(SEQ);
    expect(socket().sent).toEqual([first]);
    socket().say({ type: "ack", id: "client-1", result: { seq: SEQ } });
    await expect(answer).resolves.toEqual({ seq: SEQ });
    socket().lose();
    wait();
    socket().hello(SEQ);
    expect(socket().sent).toHaveLength(0);
  });

  test("a refusal is the problem the server gave", async () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    const answer = store.command({ type: "run.cancel", runId: id("run", 2) });
    socket().say({ type: "problem", id: "client-1", problem: { code: "conflict", detail: "It is over." } });
    await expect(answer).rejects.toMatchObject({ problem: { code: "conflict" } });
  });

  test("a message shows at once, is kept, and goes when the log holds it", async () => {
    const { store, socket, kept } = setUp();
    store.send({ content: "Hello", mode: "auto", attachments: [] });
    expect(store.pending).toMatchObject([{ clientId: "client-1", content: "Hello", problem: null }]);
    expect(kept.at(-1)).toHaveLength(1);
    socket().hello(SEQ);
    socket().say({ type: "ack", id: "client-1", result: { seq: SEQ + 1 } });
    await Promise.resolve();
    expect(store.pending).toHaveLength(1);
    socket().say({ type: "events", events: [envelope(SEQ + 1, { type: "message.posted", message })] });
    expect(store.pending).toHaveLength(0);
    expect(kept.at(-1)).toEqual([]);
  });

  test("a refused message stays with its problem, and goes again under a new id", async () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    store.send({ content: "Hello", mode: "auto", attachments: [] });
    socket().say({ type: "problem", id: "client-1", problem: { code: "too_large", detail: "Too long." } });
    await Promise.resolve();
    await Promise.resolve();
    expect(store.pending[0]?.problem?.code).toBe("too_large");
    store.resend("client-1");
    expect(store.pending).toMatchObject([{ clientId: "client-2", problem: null }]);
  });

  test("what an earlier visit could not send goes out under the id it had", () => {
    const { store, socket } = setUp();
    store.restore([{ clientId: "old", content: "Hello", mode: "auto", attachments: [], problem: null }]);
    socket().hello(SEQ);
    expect(socket().sent).toMatchObject([{ type: "command", id: "old", command: { clientId: "old" } }]);
  });
});

describe("growing text", () => {
  function started() {
    const all = setUp();
    all.socket().hello(SEQ);
    all.socket().say({
      type: "events",
      events: [
        envelope(SEQ + 1, { type: "run.started", run }),
        envelope(SEQ + 2, { type: "item.started", item: growing }),
      ],
    });
    return all;
  }
  const delta = (offset: number, text: string) => ({ type: "delta", itemId: growing.id, offset, text });

  test("keeps only what it lacks", () => {
    const { store, socket } = started();
    for (const piece of [delta(0, "Hel"), delta(0, "Hel"), delta(2, "llo "), delta(6, "you")]) socket().say(piece);
    expect(store.textOf(growing.id)).toBe("Hello you");
  });

  test("attaches again where a piece is missing, and takes the text as it is now", () => {
    const { store, socket, sockets } = started();
    socket().say(delta(0, "Hel"));
    socket().say(delta(10, "world"));
    expect(sockets).toHaveLength(2);
    expect(socket().since).toBe(SEQ + 2);
    socket().hello(SEQ + 2, [{ itemId: growing.id, text: "Hello, the world" }]);
    socket().say(delta(16, "."));
    expect(store.textOf(growing.id)).toBe("Hello, the world.");
  });

  test("the completed item is the whole truth; late pieces change nothing", () => {
    const { store, socket } = started();
    socket().say(delta(0, "Hel"));
    const item = { ...growing, status: "completed", text: "Hello." };
    socket().say({ type: "events", events: [envelope(SEQ + 3, { type: "item.completed", item })] });
    socket().say(delta(3, "lo."));
    expect(store.textOf(growing.id)).toBe("Hello.");
  });

  test("listeners run once a frame, and order keeps its identity while only text grows", () => {
    const { store, socket, paint } = started();
    paint();
    let calls = 0;
    store.subscribe(() => calls++);
    const { timeline } = store;
    socket().say(delta(0, "a"));
    socket().say(delta(1, "b"));
    expect(calls).toBe(0);
    paint();
    expect(calls).toBe(1);
    expect(store.timeline).toBe(timeline);
  });

  test("a gap between events is not folded over", () => {
    const { store, socket, sockets } = started();
    socket().say({ type: "events", events: [envelope(SEQ + 9, { type: "changes.changed", files: 1 })] });
    expect(store.state.seq).toBe(SEQ + 2);
    expect(sockets).toHaveLength(2);
  });
});

describe("what is read", () => {
  test("the end of a run is news, reading it and housekeeping are not", () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
    const end = {
      type: "run.finished",
      runId: id("run", 90),
      status: "succeeded",
      stopReason: "end",
      usage,
      problem: null,
    };
    socket().say({
      type: "events",
      events: [
        envelope(SEQ + 1, end),
        envelope(SEQ + 2, { type: "changes.changed", files: 1 }),
        envelope(SEQ + 3, { type: "read.moved", memberId: ADA, seq: SEQ + 2 }),
      ],
    });
    expect(store.notableSeq).toBe(SEQ + 1);
  });
});

describe("older entries", () => {
  const window = (seq: number, fromSeq: number) => ({
    ...finished(),
    seq,
    fromSeq,
    messages: [messageOf(70, { seq: 2, content: "older" }), messageOf(1, { content: "stale copy" })],
    runs: [runOf(70, { seq: 3 })],
    items: [],
    groups: [],
  });

  test("go before the window; what is on the page already is newer and stays", async () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    store.state.fromSeq = 4;
    const asked: number[] = [];
    const [newer] = [...store.state.messages.values()];
    await store.loadOlder(async (before) => {
      asked.push(before);
      return { ...window(SEQ, 2), messages: [messageOf(70, { seq: 1 }), { ...messageOf(1), id: newer?.id ?? "" }] };
    });
    expect(asked).toEqual([4]);
    expect(store.state.fromSeq).toBe(2);
    expect(store.timeline.entries[0]).toMatchObject({ kind: "message", id: id("msg", 70) });
    expect(store.state.messages.get(newer?.id ?? "")).toBe(newer);
  });

  test("what happens to an older entry while it is on its way happens once", async () => {
    const { store, socket, paint } = setUp();
    socket().hello(SEQ);
    store.state.fromSeq = 4;
    const used = { inputTokens: 5, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
    const before = runOf(70).usage.inputTokens;
    const use = (seq: number) =>
      envelope(seq, { type: "usage.recorded", runId: id("run", 70), model: "m", usage: used });
    const edit = { type: "message.edited", messageId: id("msg", 70), content: "edited" };
    const loading = store.loadOlder(async () => {
      socket().say({ type: "events", events: [envelope(SEQ + 1, edit)] });
      return window(SEQ + 2, 1);
    });
    await Promise.resolve();
    socket().say({ type: "events", events: [use(SEQ + 2), use(SEQ + 3)] });
    paint();
    await loading;
    expect(store.state.runs.get(id("run", 70))?.usage.inputTokens).toBe(before + 5);
    expect(store.state.messages.get(id("msg", 70))?.content).toBe("older");
    expect(store.state.seq).toBe(SEQ + 3);
  });

  test("an answer that is no longer about this state is left", async () => {
    const { store, socket } = setUp();
    socket().hello(SEQ);
    await store.loadOlder(async () => {
      socket().say({ type: "hello", seq: SEQ + 9, live: [], memberId: ADA, snapshot: { ...finished(), seq: SEQ + 9 } });
      return window(SEQ, 1);
    });
    expect(store.state.messages.has(id("msg", 70))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import type { ServerFrame } from "#contract/frame";
import { PING, PONG } from "#contract/frame";
import { newId } from "#platform/new-id";
import { conversationStub } from "#platform/stubs";
import { makeWorld, testEnv, type World } from "../../workers/shared/testing/world.ts";

async function conversationIn(world: World): Promise<string> {
  const created = await world.json<{ id: string }>("POST", "/api/conversations", { executor: "noop" });
  return created.body.id;
}

interface Viewer {
  frames: ServerFrame[];
  send(frame: unknown): void;
  until(test: (frames: ServerFrame[]) => boolean): Promise<void>;
  raw: string[];
  socket: WebSocket;
}

async function view(world: World, id: string, query = ""): Promise<Viewer> {
  const response = await world.fetch(`/api/conversations/${id}/socket${query}`, { headers: { upgrade: "websocket" } });
  const socket = response.webSocket;
  if (!socket) throw new Error(`${response.status}: ${await response.text()}`);
  const raw: string[] = [];
  const frames: ServerFrame[] = [];
  let check = () => {};
  socket.addEventListener("message", ({ data }) => {
    raw.push(String(data));
    frames.push(JSON.parse(String(data)));
    check();
  });
  socket.accept();
  return {
    raw,
    frames,
    socket,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    until: (test) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not seen; frames: ${raw.join("\n")}`)), 5_000);
        check = () => {
          if (!test(frames)) return;
          clearTimeout(timer);
          resolve();
        };
        check();
      }),
  };
}

const seqs = (frames: ServerFrame[]) =>
  frames.flatMap((one) => (one.type === "events" ? one.events.map((event) => event.seq) : []));

describe("viewers", () => {
  it("CV20 gives a snapshot without a cursor, what was missed with one, and refuses the future", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const first = await view(world, id);
    await first.until((frames) => frames.some((one) => one.type === "hello"));
    const hello = first.frames[0];
    expect(hello).toMatchObject({ type: "hello", snapshot: { head: { id } } });
    first.send({ type: "command", id: "c1", command: { type: "message.post", clientId: "x", content: "hi" } });
    await first.until((frames) => frames.some((one) => one.type === "ack"));
    await first.until((frames) => seqs(frames).length >= 2);
    const seen = seqs(first.frames);
    expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
    const second = await view(world, id, "?since=1");
    await second.until((frames) => seqs(frames).length >= seen.length - 1);
    expect(second.frames[0]).not.toHaveProperty("snapshot");
    expect(seqs(second.frames)[0]).toBe(2);
    const future = await world.fetch(`/api/conversations/${id}/socket?since=999`, {
      headers: { upgrade: "websocket" },
    });
    expect(future.status).toBe(400);
    expect(await future.json()).toMatchObject({ code: "invalid" });
  });

  it("CV5 gives the same events over socket, stream and poll, in the order of seq", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    await world.json("POST", `/api/conversations/${id}/messages`, { clientId: "a", content: "one" });
    const socket = await view(world, id, "?since=0");
    await socket.until((frames) => seqs(frames).length >= 3);
    const polled = await world.json<{ events: { seq: number }[] }>("GET", `/api/conversations/${id}/events?since=0`);
    const stream = await world.fetch(`/api/conversations/${id}/events/stream?since=0`);
    const reader = stream.body?.getReader();
    let text = "";
    while ((text.match(/^data: .*\n/gm) ?? []).length < 3)
      text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    const streamed = [...text.matchAll(/^id: \d+\ndata: (.*)\n/gm)].map((match) => JSON.parse(match[1] ?? ""));
    const bySocket = socket.frames.flatMap((one) => (one.type === "events" ? one.events : []));
    expect(streamed.slice(0, 3)).toEqual(polled.body.events.slice(0, 3));
    expect(bySocket.slice(0, 3)).toEqual(polled.body.events.slice(0, 3));
    expect(polled.body.events.map((one) => one.seq)).toEqual(polled.body.events.map((_, index) => index + 1));
  });

  it("holds a long-poll until the next event, or until its time is over", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const now = await world.json<{ next: number }>("GET", `/api/conversations/${id}/events`);
    const held = world.json<{ events: unknown[] }>(
      "GET",
      `/api/conversations/${id}/events?since=${now.body.next}&wait=20`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await world.json("PATCH", `/api/conversations/${id}`, { title: "Renamed" });
    expect((await held).body.events).toMatchObject([{ event: { type: "conversation.renamed", title: "Renamed" } }]);
    const empty = await world.json<{ events: unknown[] }>(
      "GET",
      `/api/conversations/${id}/events?since=${now.body.next + 1}&wait=0`,
    );
    expect(empty.body.events).toEqual([]);
  });

  it("CV21 finds nothing for another org or an unknown id, and leaves nothing behind", async () => {
    const [ours, theirs] = [await makeWorld(), await makeWorld()];
    const id = await conversationIn(theirs);
    for (const path of ["", "/events", "/runs", "/events/stream"]) {
      for (const probe of [id, newId("conversation"), "cnv_nonsense"]) {
        const response = await ours.fetch(`/api/conversations/${probe}${path}`);
        expect({ path, status: response.status }).toEqual({ path, status: 404 });
        await response.text();
      }
    }
    const stub = conversationStub(testEnv, theirs.orgId, id);
    expect(await stub.head(ours.principal)).toMatchObject({ ok: false, problem: { code: "not_found" } });
    const unknown = await conversationStub(testEnv, ours.orgId, newId("conversation")).command(ours.principal, {
      type: "conversation.rename",
      clientId: "x",
      title: "x",
    });
    expect(unknown).toMatchObject({ ok: false, problem: { code: "not_found" } });
  });

  it("CV22 takes at most 20 commands a second from a member", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const stub = conversationStub(testEnv, world.orgId, id);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        stub.command(world.principal, { type: "conversation.rename", clientId: `r${n}`, title: `t${n}` }),
      ),
    );
    const refused = answers.filter((one) => !one.ok);
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(refused[0]).toMatchObject({
      problem: { code: "rate_limited", retryAfterS: 1, limit: "20 commands a second" },
    });
  });

  it("CV23 tells presence once a member, and answers pings without waking the object", async () => {
    const world = await makeWorld();
    const id = await conversationIn(world);
    const [a, b] = [await view(world, id), await view(world, id)];
    b.send({ type: "presence", state: "typing" });
    const typing = (frames: ServerFrame[]) =>
      frames.some((one) => one.type === "presence" && one.members[0]?.state === "typing");
    await a.until(typing);
    const last = a.frames.findLast((one) => one.type === "presence");
    expect(last).toMatchObject({ members: [{ name: "Ada", state: "typing" }] });
    a.send(PING);
    await a.until((frames) => frames.some((one) => one.type === "pong"));
    expect(a.raw).toContain(PONG);
  });

  it("answers a frame that is not valid with a problem that names the field", async () => {
    const world = await makeWorld();
    const viewer = await view(world, await conversationIn(world));
    viewer.send({ type: "command", id: "bad", command: { type: "message.post", clientId: "x" } });
    viewer.send("{nonsense");
    await viewer.until((frames) => frames.filter((one) => one.type === "problem").length === 2);
    const problems = viewer.frames.filter((one) => one.type === "problem");
    expect(problems[0]).toMatchObject({
      id: "bad",
      problem: { code: "invalid", fields: [{ field: "command.content" }] },
    });
    expect(problems[1]).toMatchObject({ id: null, problem: { code: "invalid" } });
  });
});

import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Approval, Question } from "#contract/ask";
import { fail, ok } from "#contract/problem";
import { newId } from "#platform/new-id";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../../../workers/shared/testing/world.ts";
import { FakeWorld, fakeMessage, fakeOrder } from "../../fake-world.ts";
import { threadWorld } from "../../world.ts";
import { FakeOpenCode } from "./fake-server.ts";

const real = threadWorld.of;
let world: FakeWorld;
let server: FakeOpenCode;

vi.setConfig({ testTimeout: 20_000 });

const stubOf = (order: RunOrder) => threadStub(testEnv, order.orgId, order.run.threadId);
const until = (check: () => void) => vi.waitFor(check, { timeout: 9_000, interval: 10 });
const ended = () => until(() => expect(world.end).toBeDefined());
const start = async (order: RunOrder) => expect(await stubOf(order).start(order)).toEqual({ ok: true, value: null });
const orderOf = (content: string, change: Partial<RunOrder["run"]> = {}) =>
  fakeOrder(content, { executor: "opencode", ...change });
const texts = () => world.completed("text").map((one) => one.text);
const waiting = () => until(() => expect(world.services.at(-1)).toBe("release opencode"));
const approvalOf = async (count = 1): Promise<Approval> => {
  await until(() => expect(world.ofType("approval.requested")).toHaveLength(count));
  return world.ofType("approval.requested")[count - 1]?.approval as Approval;
};
const questionOf = async (): Promise<Question> => {
  await until(() => expect(world.ofType("question.asked")).toHaveLength(1));
  return world.ofType("question.asked")[0]?.question as Question;
};
const approve = (order: RunOrder, approval: Approval, change: Partial<Approval> = {}) =>
  stubOf(order).decideApproval(order.run.id, { ...approval, status: "approved", scope: "once", ...change });
const answer = (order: RunOrder, question: Question, change: Partial<Question>) =>
  stubOf(order).answerQuestion(order.run.id, { ...question, ...change });
/** Loses the object's memory and lets its alarm take up what was under way. */
const lose = async (order: RunOrder) => {
  await abortAllDurableObjects();
  await runDurableObjectAlarm(stubOf(order));
};

const ITEM = {
  id: newId("item"),
  groupId: null,
  parentId: null,
  kind: "text" as const,
  status: "completed" as const,
  title: "",
  text: "A poem.",
  truncation: null,
  detail: {},
  startedAt: "2026-11-20T08:00:00.000Z",
  completedAt: "2026-11-20T08:00:01.000Z",
  seq: 3,
};

beforeEach(() => {
  world = new FakeWorld();
  server = new FakeOpenCode();
  world.service = server.fetch;
  vi.spyOn(threadWorld, "of").mockImplementation((one) => world.of(real(one)));
});

afterEach(() => server.stop());

describe("a run in OpenCode", () => {
  it("AT44 is one prompt under the run's token, and ends without a token in the sandbox", async () => {
    let during: string | null = null;
    server.turn = async (turn) => {
      during = server.token;
      turn.say("hello");
    };
    await start(orderOf("do it"));
    await ended();
    expect(world.end).toMatchObject({ status: "succeeded" });
    expect(texts()).toEqual(["hello"]);
    expect(server.prompts).toEqual(["From Ana:\ndo it"]);
    expect(during).toBe("token-1");
    expect(server.token).toBeNull();
    expect(world.services.at(-1)).toBe("release opencode");
  });

  it("AT44 shows what has to be fetched first, and fails with its reason where that does not work", async () => {
    const states = [
      ok({ state: "preparing" as const, detail: "Fetching OpenCode 1, once, about 60 MB" }),
      fail("unavailable", "OpenCode 1 could not be fetched from the npm registry."),
    ];
    world.ensures = () => states.shift() ?? ok({ state: "running" });
    await start(orderOf("do it"));
    await ended();
    expect(world.completed("tool_call")[0]).toMatchObject({
      title: "Fetching OpenCode 1, once, about 60 MB",
      status: "failed",
    });
    expect(world.end).toMatchObject({ status: "failed", problem: { code: "unavailable" } });
  });

  it("AT44 tries again where the sandbox went away while the server started", async () => {
    const states = [fail("unavailable", "The sandbox went away.", { retryAfterS: 1 })];
    world.ensures = () => states.shift() ?? ok({ state: "running" });
    await start(orderOf("do it"));
    await ended();
    expect(world.end).toMatchObject({ status: "succeeded" });
  });

  it("AT45 runs of a thread share one session", async () => {
    const first = orderOf("one");
    await start(first);
    await ended();
    const seen = world.reports.length;
    world = new FakeWorld();
    world.service = server.fetch;
    vi.mocked(threadWorld.of).mockImplementation((one) => world.of(real(one)));
    await evictDurableObject(stubOf(first));
    const second = { ...first, run: { ...orderOf("two").run, threadId: first.run.threadId } };
    await start(second);
    await ended();
    expect(server.calls.filter((call) => call === "POST /session")).toHaveLength(1);
    expect(texts()).toEqual(["done"]);
    expect(world.reports.length).toBeLessThanOrEqual(seen);
  });

  it("AT53 hears the runs that its session was not there for, once", async () => {
    const order = orderOf("go on");
    const earlier = orderOf("write a poem");
    const item = { ...ITEM, runId: earlier.run.id };
    world.turns = [{ runId: earlier.run.id, messages: [earlier.prompt], items: [item] }];
    await start({ ...order, earlier: [earlier.run.id] });
    await ended();
    const told = server.messages[0]?.parts.map((part) => String(part.text));
    expect(told).toHaveLength(2);
    expect(told?.[0]).toMatch(/^<attachment name=[\s\S]*From Ana:\nwrite a poem\nThe agent: A poem\.\n<\/attachment>$/);
    expect(told?.[1]).toBe("From Ana:\ngo on");
    world = new FakeWorld();
    world.service = server.fetch;
    vi.mocked(threadWorld.of).mockImplementation((one) => world.of(real(one)));
    await evictDurableObject(stubOf(order));
    const next = { ...order, run: { ...orderOf("more").run, threadId: order.run.threadId } };
    await start({ ...next, earlier: [earlier.run.id, order.run.id] });
    await ended();
    expect(server.messages.at(-2)?.parts).toHaveLength(1);
  });

  it("AT45 what people say meanwhile is heard at the next boundary, and a failing model fails the run", async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.turn = async (turn) => {
      if (turn.text.endsWith("one")) await held;
      else turn.fail("model exploded");
      turn.say(turn.text.split("\n").at(-1) ?? "");
    };
    const order = orderOf("one");
    await start(order);
    await until(() => expect(server.prompts).toHaveLength(1));
    await stubOf(order).steer(order.run.id, { message: fakeMessage("two"), authorName: "Ben" });
    await until(() => expect(server.prompts).toEqual(["From Ana:\none", "From Ben:\ntwo"]));
    go();
    await ended();
    expect(texts()).toEqual(["one", "two"]);
    expect(world.end).toMatchObject({
      status: "failed",
      problem: { code: "upstream_failed", detail: "model exploded" },
    });
  });
});

describe("asks of OpenCode", () => {
  it("AT46 a permission waits without a loop, a token or a held sandbox, and goes on when a person approves", async () => {
    server.turn = (turn) => turn.run("git push", "pushed\n");
    const order = orderOf("x", { autonomy: "ask" });
    await start(order);
    const approval = await approvalOf();
    expect(approval).toMatchObject({ tool: "bash", args: { command: "git push" }, summary: "git push" });
    await waiting();
    expect(server.token).toBeNull();
    await evictDurableObject(stubOf(order));
    await approve(order, approval);
    await ended();
    expect(world.completed("command")).toMatchObject([{ status: "completed", text: "pushed\n", id: approval.itemId }]);
    expect(world.end).toMatchObject({ status: "succeeded" });
  });

  it("AT46 the run's autonomy and what was allowed for always decide first", async () => {
    server.turn = async (turn) => {
      await turn.run("ls", "");
      await turn.run("git push origin a", "");
      await turn.run("git push origin b", "");
    };
    const order = orderOf("x", { autonomy: "auto_safe" });
    await start(order);
    const approval = await approvalOf();
    expect(approval.args).toEqual({ command: "git push origin a" });
    await approve(order, approval, { scope: "always" });
    await ended();
    expect(world.completed("command")).toHaveLength(3);
    expect(world.ofType("approval.requested")).toHaveLength(1);
  });

  it("AT46 a denied call is declined, and OpenCode hears the reason", async () => {
    let error: unknown;
    server.turn = async (turn) => {
      await turn.run("rm x", "");
      error = (server.messages.at(-1)?.parts.at(-1)?.state as { error?: string } | undefined)?.error;
      turn.say("after");
    };
    const order = orderOf("x", { autonomy: "ask" });
    await start(order);
    await approve(order, await approvalOf(), { status: "denied", scope: null, reason: "not on Friday" });
    await ended();
    expect(world.completed("command")[0]).toMatchObject({ status: "declined", text: "not on Friday" });
    expect(error).toContain("not on Friday");
    expect(texts()).toEqual(["after"]);
  });

  it("AT47 a question's answer goes back, and one that nobody answers does not end the turn", async () => {
    server.turn = async (turn) => turn.say(await turn.ask("Which?", ["A", "B"]));
    const order = orderOf("x");
    await start(order);
    const question = await questionOf();
    expect(question).toMatchObject({ text: "Which?", options: [{ label: "A" }, { label: "B" }] });
    await waiting();
    await answer(order, question, { status: "dismissed" });
    await ended();
    expect(texts()[0]).toContain("dismissed the question");
    expect(world.completed("question")[0]).toMatchObject({ status: "declined" });
  });
});

describe("losses", () => {
  it("AT48 a lost loop goes on with the same session: nothing is said or shown twice", async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.turn = async (turn) => {
      turn.say("before");
      await held;
      turn.say("after");
    };
    const order = orderOf("x");
    await start(order);
    await until(() => expect(texts()).toEqual(["before"]));
    await lose(order);
    go();
    await ended();
    expect(server.prompts).toHaveLength(1);
    expect(texts()).toEqual(["before", "after"]);
    expect(world.ofType("group.opened")).toHaveLength(1);
  });

  it("AT49 a server that died while people were asked hears what they decided, and the exact call passes once", async () => {
    server.turn = (turn) => turn.run("git push", "pushed\n");
    const order = orderOf("x", { autonomy: "ask" });
    await start(order);
    const approval = await approvalOf();
    await waiting();
    server.die();
    await approve(order, approval);
    await ended();
    expect(server.prompts).toHaveLength(2);
    expect(server.prompts[1]).toMatch(/^From Quayside:\n[\s\S]*A person has approved bash .*git push/);
    expect(world.completed("command").map((one) => one.status)).toEqual(["interrupted", "completed"]);
    expect(world.ofType("approval.requested")).toHaveLength(1);
  });

  it("AT49 a server that dies at work is started again, and its session told so", async () => {
    let lives = 0;
    server.turn = async (turn) => {
      turn.say(`life ${++lives}`);
      if (lives === 1) await turn.hang();
    };
    const order = orderOf("x");
    await start(order);
    await until(() => expect(texts()).toEqual(["life 1"]));
    server.die();
    await ended();
    expect(texts()).toEqual(["life 1", "life 2"]);
    expect(server.prompts[1]).toContain("was interrupted");
    expect(world.services.filter((one) => one === "ensure opencode").length).toBeGreaterThan(1);
  });

  it("AT50 cancel aborts the session; a server that does not stop is ended within two seconds", async () => {
    server.turn = (turn) => turn.hang();
    const order = orderOf("x");
    await start(order);
    await until(() => expect(server.prompts).toHaveLength(1));
    await stubOf(order).cancel(order.run.id, "Stopped");
    await ended();
    await until(() => expect(server.calls).toContain("POST /session/S/abort"));
    expect(world.end).toMatchObject({ status: "cancelled" });
    expect(world.services).not.toContain("end opencode");
    server.stuck = true;
    world = new FakeWorld();
    world.service = server.fetch;
    vi.mocked(threadWorld.of).mockImplementation((one) => world.of(real(one)));
    await evictDurableObject(stubOf(order));
    const next = { ...order, run: { ...orderOf("y").run, threadId: order.run.threadId } };
    await start(next);
    await until(() => expect(server.prompts).toHaveLength(2));
    const began = Date.now();
    await stubOf(next).cancel(next.run.id, "Stopped");
    await until(() => expect(world.services).toContain("end opencode"));
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  it("AT50 a run that begins while the one before it is being stopped keeps its token", async () => {
    server.turn = (turn) => turn.hang();
    server.slowToForgetMs = 400;
    const order = orderOf("x");
    await start(order);
    await until(() => expect(server.prompts).toHaveLength(1));
    await stubOf(order).cancel(order.run.id, "Stopped");
    const next = { ...order, run: { ...orderOf("y").run, threadId: order.run.threadId } };
    await start(next);
    await until(() => expect(server.prompts).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(server.token).not.toBeNull();
    await stubOf(next).cancel(next.run.id, "Stopped");
  });

  it("AT51 a token that a program printed is shown nowhere", async () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.${"a".repeat(40)}.${"b".repeat(43)}`;
    server.turn = (turn) => turn.run(`echo ${token}`, `${token}\n`);
    await start(orderOf("x"));
    await ended();
    expect(JSON.stringify(world.reports)).not.toContain(token);
    expect(world.completed("command")[0]?.text).toBe("[hidden]\n");
  });
});

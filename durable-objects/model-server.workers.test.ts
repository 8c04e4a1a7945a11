import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Snapshot } from "#contract/conversation";
import { makeRig, type Rig, taken } from "./testing/rig.ts";

const { MODEL_SERVER_URL } = env as unknown as { MODEL_SERVER_URL: string };

/** A conversation whose model is behind a real HTTP server of this behaviour. */
async function rigWith(behaviour: string): Promise<Rig> {
  const rig = await makeRig();
  const made = await rig.world.json("POST", "/api/providers", {
    kind: "openai_compatible",
    name: "Local",
    slug: "local",
    baseUrl: `${MODEL_SERVER_URL}/${behaviour}/v1`,
    models: [{ name: "m", price: { inputMicroUsd: 1_000_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 100_000 } }],
  });
  expect(made.status).toBe(201);
  taken(await rig.command(rig.ada, { type: "conversation.rename", title: "Named by a person" }));
  taken(await rig.command(rig.ada, { type: "conversation.configure", model: "local/m" }));
  return rig;
}

async function ran(rig: Rig): Promise<Snapshot> {
  const { runId } = await rig.say("Please do it.");
  return rig.until((now) => now.runs.some((run) => run.id === runId && run.finishedAt !== null), "the end");
}
const shortOf = (snapshot: Snapshot) => snapshot.items.map((one) => [one.kind, one.status, one.text]);

describe("a model behind real HTTP", () => {
  it("streams an answer, with the usage the server counted", async () => {
    const after = await ran(await rigWith("openai"));
    expect(after.runs[0]).toMatchObject({ status: "succeeded" });
    expect(shortOf(after)).toEqual([["text", "completed", "Hello from a real 👋 server"]]);
    expect(after.head.usage).toEqual({ inputTokens: 30, outputTokens: 7, cachedTokens: 10, costMicroUsd: 35 });
  });

  it.each(["tools", "ollama"])("takes tool calls as %s gives them, and goes on with their results", async (name) => {
    const rig = await rigWith(name);
    const after = await ran(rig);
    expect(after.runs[0]).toMatchObject({ status: "succeeded", problem: null });
    const last = name === "ollama" ? "All done." : "It ran.";
    const thought = name === "ollama" ? [["reasoning", "completed", "Let me see."]] : [];
    expect(shortOf(after)).toEqual([
      ...thought,
      ["command", "completed", "from the model\n"],
      ["text", "completed", last],
    ]);
    const used = await rig.world.json<{ calls: number; usage: { outputTokens: number } }>(
      "GET",
      `/api/conversations/${rig.id}/usage`,
    );
    expect(used.body.calls).toBe(2);
    expect(used.body.usage.outputTokens).toBeGreaterThan(5);
  });

  it("tells a 500 after it was tried again, in the provider's words", async () => {
    const after = await ran(await rigWith("failing"));
    expect(after.runs[0]).toMatchObject({
      status: "failed",
      problem: { code: "upstream_failed", detail: "Local answered 500: The server had an error" },
    });
    expect(after.head.usage.outputTokens).toBe(0);
  });

  it("tells an error inside the stream, and keeps the text so far", async () => {
    const after = await ran(await rigWith("error"));
    expect(after.runs[0]).toMatchObject({ status: "failed", problem: { code: "upstream_failed" } });
    expect(after.runs[0]?.problem?.detail).toContain("The engine is overloaded");
    expect(shortOf(after)[0]).toEqual(["text", "failed", "Half an"]);
  });

  it("waits for a slow first token", async () => {
    const after = await ran(await rigWith("slow"));
    expect(shortOf(after)).toEqual([["text", "completed", "At last"]]);
  });

  it("tells a break in the middle of the stream, and counts what came", async () => {
    const after = await ran(await rigWith("cut"));
    expect(after.runs[0]).toMatchObject({
      status: "failed",
      problem: { code: "upstream_failed", detail: "The connection to Local broke." },
    });
    expect(shortOf(after)[0]).toEqual(["text", "failed", "Then it"]);
    expect(after.head.usage.outputTokens).toBeGreaterThan(0);
  });

  it("hangs up on the server within 2 s of a cancel, and counts what came", async () => {
    const rig = await rigWith("endless");
    const { runId } = await rig.say("Please do it.");
    await rig.until((now) => now.items.some((one) => one.text.includes("on and on")), "some text");
    taken(await rig.command(rig.ada, { type: "run.cancel", runId }));
    const open = async () => (await fetch(`${MODEL_SERVER_URL}/open`)).text();
    await vi.waitFor(async () => expect(await open()).toBe("0"), 2_000);
    const after = await rig.until((now) => now.head.usage.outputTokens > 0, "the usage", 3_000);
    expect(after.runs[0]?.usage.outputTokens).toBeGreaterThan(0);
  });
});

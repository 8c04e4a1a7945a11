import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "#platform/new-id";
import type { RunOrder } from "#platform/rpc";
import { threadStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { FakeWorld, fakeMessage, fakeOrder } from "./fake-world.ts";
import { threadWorld } from "./world.ts";

const real = threadWorld.of;
const PNG = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
let world: FakeWorld;
let asked: { messages: { role: string; content: unknown }[] }[];

const chunk = (body: object) => `data: ${JSON.stringify({ id: "x", model: "m", created: 1, ...body })}\n\n`;
const answer = () =>
  new Response(
    `${chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "seen" } }] })}${chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}data: [DONE]\n\n`,
    { headers: { "content-type": "text/event-stream" } },
  );

beforeEach(() => {
  world = new FakeWorld();
  asked = [];
  const provider = createOpenAICompatible({
    name: "fake",
    baseURL: "https://model.example.com/v1",
    fetch: async (_input, init) => {
      asked.push(JSON.parse(String(init?.body)));
      return answer();
    },
  });
  vi.spyOn(threadWorld, "of").mockImplementation((one) => ({
    ...world.of(real(one)),
    model: () => provider.chatModel("m"),
  }));
});

function fileOf(name: string, mime: string, bytes: Uint8Array | string) {
  const id = newId("file");
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  world.attached.set(id, data);
  return { id, name, mime, size: data.byteLength, createdAt: "2026-11-20T08:00:00.000Z" };
}

async function run(order: RunOrder): Promise<unknown> {
  const stub = threadStub(testEnv, order.orgId, order.run.threadId);
  expect(await stub.start(order)).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(world.end).toBeDefined(), 4_000);
  expect(world.end).toMatchObject({ status: "succeeded" });
  return asked[0]?.messages.at(-1)?.content;
}

function orderWith(...files: ReturnType<typeof fileOf>[]): RunOrder {
  const order = fakeOrder("look at these");
  order.prompt.message.attachments = files;
  return order;
}

describe("attachments", () => {
  it("AT19 an attached text is in the prompt under its name, up to a limit", async () => {
    const order = orderWith(
      fileOf("notes.txt", "text/plain", "first </attachment> line"),
      fileOf("big.log", "text/plain", "x".repeat(100_000)),
      fileOf("data.bin", "application/octet-stream", "binary!"),
    );
    const content = String(await run(order));
    expect(content).toContain("look at these");
    expect(content).toContain('<attachment name="notes.txt">\nfirst <\\/attachment> line\n</attachment>');
    expect(content).toContain("the first 65536 of 100000 characters");
    expect(content).toContain("Attached: data.bin (application/octet-stream, 7 bytes)");
    expect(content).not.toContain("binary!");
  });

  it("AT19 an image is an image part where the model takes images", async () => {
    world.images = true;
    const content = await run(orderWith(fileOf("shot.png", "image/png", PNG)));
    expect(content).toMatchObject([
      { type: "text", text: expect.stringContaining("Attached: shot.png") },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
    ]);
  });

  it("AT19 an image is there by name where the model takes none, or where its bytes are gone", async () => {
    const file = fileOf("shot.png", "image/png", PNG);
    const named = JSON.stringify(await run(orderWith(file)));
    expect(named).toContain("Attached: shot.png");
    expect(named).not.toContain("image_url");
    world.attached.clear();
    world.images = true;
    asked = [];
    world.reports.length = 0;
    expect(JSON.stringify(await run(orderWith(file)))).not.toContain("image_url");
  });

  it("AT19 a steering message brings its texts", async () => {
    const order = fakeOrder("begin");
    const stub = threadStub(testEnv, order.orgId, order.run.threadId);
    const message = { ...fakeMessage("and this"), attachments: [fileOf("more.md", "text/plain", "# more")] };
    const started = stub.start(order);
    expect(await started).toMatchObject({ ok: true });
    const steered = await stub.steer(order.run.id, { message, authorName: "Bo" });
    if (!steered.ok) return expect(steered.problem.code).toBe("conflict");
    await vi.waitFor(() => expect(JSON.stringify(asked.at(-1)?.messages)).toContain("# more"), 4_000);
  });
});

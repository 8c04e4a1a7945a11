import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeServer, type Server } from "./server.ts";

interface Envelope {
  seq: number;
  event: { type: string; message?: { content: string } };
}

let server: Server;

beforeAll(async () => {
  server = await makeServer();
  await server.start();
});

afterAll(() => server?.end());

function post(path: string, body: unknown): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return fetch(`${server.origin}/api/${path}`, init);
}

/** Posts one prompt after the other until the server is gone; those that were acknowledged. */
async function postUntilGone(id: string, name: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; ; n += 1) {
    const content = `${name} ${n}`;
    const answer = await post(`conversations/${id}/messages`, { clientId: content, content }).catch(() => null);
    if (answer === null) return acknowledged;
    if (answer.ok) acknowledged.push(content);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

describe("prompts while the server goes down", () => {
  for (const how of ["stop", "kill"] as const) {
    it(`keeps each acknowledged prompt once, in order and without a gap, after a ${how}`, async () => {
      const created = await (await post("conversations", { executor: "noop" })).json();
      const id = (created as { id: string }).id;
      const posting = postUntilGone(id, how);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await server[how]();
      const acknowledged = await posting;
      expect(acknowledged.length).toBeGreaterThan(3);
      await server.start();
      const answer = await fetch(`${server.origin}/api/conversations/${id}/events?limit=500`);
      const { events } = (await answer.json()) as { events: Envelope[] };
      expect(events.map((one) => one.seq)).toEqual(events.map((_, index) => index + 1));
      const stored = events.flatMap((one) => (one.event.type === "message.posted" ? [one.event.message?.content] : []));
      expect(stored.filter((content) => acknowledged.includes(content ?? ""))).toEqual(acknowledged);
      expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
    });
  }
});

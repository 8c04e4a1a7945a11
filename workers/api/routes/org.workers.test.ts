import { describe, expect, it } from "vitest";
import { GRACE_MS } from "#domain/org/deletion";
import { makeWorld, testEnv, type World } from "../../shared/testing/world.ts";

async function socketIn(world: World): Promise<{ closed: () => number | null }> {
  const made = await world.json<{ id: string }>("POST", "/api/conversations", { executor: "noop" });
  const headers = { upgrade: "websocket" };
  const { webSocket } = await world.fetch(`/api/conversations/${made.body.id}/socket`, { headers });
  let code: number | null = null;
  webSocket?.addEventListener("close", (event) => {
    code = event.code;
  });
  webSocket?.accept();
  return { closed: () => code };
}

describe("deleting an org", () => {
  it("ends at once what people have open, and tells nobody of it any more", async () => {
    const [world, other] = [await makeWorld(), await makeWorld()];
    const [socket, others] = [await socketIn(world), await socketIn(other)];
    const answer = await world.fetch(`/api/org?slug=${world.slug}`, { method: "DELETE" });
    expect(answer.status).toBe(204);
    await expect.poll(socket.closed, { timeout: 3_000 }).not.toBeNull();
    expect((await world.fetch("/api/me")).status).toBe(404);
    expect(others.closed()).toBeNull();
    expect((await other.fetch("/api/me")).status).toBe(200);
    const row = await testEnv.DB.prepare("SELECT deleting_at AS at FROM orgs WHERE id = ?")
      .bind(world.orgId)
      .first<{ at: number }>();
    expect(Math.abs((row?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(GRACE_MS / 86_400_000).toBe(30);
  });

  it("wants the org's name, and changes nothing without", async () => {
    const world = await makeWorld();
    for (const query of ["", "?slug=", "?slug=another"])
      expect((await world.fetch(`/api/org${query}`, { method: "DELETE" })).status).toBe(400);
    expect((await world.fetch("/api/me")).status).toBe(200);
  });
});

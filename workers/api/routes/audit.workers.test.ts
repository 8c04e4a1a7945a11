import { describe, expect, it } from "vitest";
import type { ChainedEntry } from "#contract/audit";
import type { Page } from "#contract/page";
import { linesOf, verifyExport } from "#domain/conversation/export-chain";
import { chainTools } from "#platform/chain-tools";
import { makeWorld, type World } from "../../shared/testing/world.ts";

async function acted(): Promise<World> {
  const world = await makeWorld();
  for (const slug of ["a", "b", "c"]) {
    const provider = { kind: "openai_compatible", name: slug, slug, baseUrl: "http://127.0.0.1:9/v1" };
    expect((await world.json("POST", "/api/providers", provider)).status).toBe(201);
  }
  await world.json("PATCH", "/api/budgets", { monthMicroUsd: 5_000_000 });
  return world;
}
const read = async (world: World, query = "") =>
  (await world.json<Page<ChainedEntry>>("GET", `/api/audit${query}`)).body;
const verify = (text: string) =>
  verifyExport(
    linesOf(
      (async function* () {
        yield new TextEncoder().encode(text);
      })(),
    ),
    chainTools,
  );

describe("the audit log's routes", () => {
  it("AU7 lists newest first, with filters and a cursor", async () => {
    const world = await acted();
    const all = await read(world);
    expect(all.items.map(({ action, target }) => [action, target])).toEqual([
      ["budget.change", null],
      ["provider.create", "c"],
      ["provider.create", "b"],
      ["provider.create", "a"],
    ]);
    expect((await read(world, "?action=provider")).items).toHaveLength(3);
    expect((await read(world, "?target=b")).items).toHaveLength(1);
    expect((await read(world, `?actor=${world.principal.memberId}`)).items).toHaveLength(4);
    const first = await read(world, "?limit=3");
    const rest = await read(world, `?limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items]).toEqual(all.items);
    for (const query of ["?action=Nope!", "?from=yesterday", "?cursor=x", "?limit=201"]) {
      const { status, body } = await world.json<{ code: string }>("GET", `/api/audit${query}`);
      expect({ query, status, code: body.code }).toEqual({ query, status: 400, code: "invalid" });
    }
  });

  it("AU5 exports what the verifier accepts, its own entry included", async () => {
    const world = await acted();
    const response = await world.fetch("/api/audit/export");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="audit-${world.slug}.jsonl"`);
    const text = await response.text();
    expect(await verify(text)).toMatchObject({ ok: true, events: 5 });
    expect(text).toContain('"action":"audit.export"');
    expect((await verify(text.replace('"target":"b"', '"target":"x"'))).ok).toBe(false);
  });

  it("AU8 keeps for ever unless told, and a change of that is audited", async () => {
    const world = await acted();
    expect((await world.json("GET", "/api/audit/policy")).body).toEqual({ retentionDays: 0 });
    for (const retentionDays of [-1, 7, 29, 1.5, 4000])
      expect((await world.json<{ code: string }>("PUT", "/api/audit/policy", { retentionDays })).body.code).toBe(
        "invalid",
      );
    expect((await world.json("PUT", "/api/audit/policy", { retentionDays: 90 })).body).toEqual({ retentionDays: 90 });
    expect((await world.json("GET", "/api/audit/policy")).body).toEqual({ retentionDays: 90 });
    const [newest] = (await read(world)).items;
    expect(newest).toMatchObject({ action: "audit.policy_change", outcome: "done", seq: 5 });
    expect(newest?.before).not.toBe(newest?.after);
  });
});

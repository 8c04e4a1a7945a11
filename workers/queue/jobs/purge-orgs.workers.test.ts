import { describe, expect, it, vi } from "vitest";
import { beginDeletion, takeBackDeletion } from "#data/org-deletion";
import { findOrgBySlug } from "#data/orgs";
import { GRACE_MS, purgedAt } from "#domain/org/deletion";
import type { Env } from "#platform/env";
import { makeRig, taken } from "../../../durable-objects/testing/rig.ts";
import { everythingStored } from "../../shared/testing/everything-stored.ts";
import { rowsOf, seedInto } from "../../shared/testing/tenants.ts";
import { testEnv, type World } from "../../shared/testing/world.ts";
import { purgeOrgs } from "./purge-orgs.ts";

const NOW = Date.now();
const LONG_AGO = NOW - GRACE_MS;

interface Lived {
  world: World;
  /** What tells the org's own things wherever they are. */
  ids: string[];
}

/** An org with something in every place: a long output, files in a sandbox, forks, an upload, a secret, audit entries, a session. */
async function livedIn(): Promise<Lived> {
  const rig = await makeRig();
  const { world } = rig;
  await rig.shell("echo kept > kept.txt");
  const { runId } = await rig.say("run: seq 1 60000");
  await rig.until((now) => now.runs.some((run) => run.id === runId && run.finishedAt !== null), "the end");
  const read = taken(await rig.command(rig.ada, { type: "fork" })).conversationId ?? "";
  await rig.logOf(read);
  const unread = taken(await rig.command(rig.ada, { type: "fork" })).conversationId ?? "";
  taken(await rig.stopSandbox());
  await world.fetch("/api/files", { method: "POST", body: "an upload", headers: { "x-file-name": "a.txt" } });
  await world.json("POST", "/api/providers", { kind: "openai", name: "p", slug: "p", apiKey: "sk-secret-of-the-org" });
  await seedInto(testEnv.DB, world.orgId);
  await testEnv.DB.prepare(
    `INSERT INTO sessions (id, token_hash, account_id, host_org_id, user_agent, address, created_at, seen_at)
     SELECT ?1, ?1, id, ?1, '', '', 0, 0 FROM accounts LIMIT 1`,
  )
    .bind(world.orgId)
    .run();
  return { world, ids: [world.orgId, world.slug, rig.id, read, unread] };
}

/** Where something of an org is, once nothing of it is under way. Objects that hold nothing are in no place. */
async function heldOf({ ids }: Lived): Promise<string[]> {
  let last: string | null = null;
  return vi.waitFor(
    async () => {
      const stored = [...(await everythingStored(testEnv))];
      const held = stored.filter(([place, text]) => ids.some((id) => `${place} ${text}`.includes(id)));
      const before = last;
      last = held.map(([place, text]) => `${place} ${text.length}`).join();
      expect(last).toBe(before);
      return held.map(([place]) => place.replace(/^(D1 \w+) \d+$/, "$1")).sort();
    },
    { timeout: 15_000, interval: 100 },
  );
}

const KINDS = ["D1", "CONVERSATION", "AGENT_THREAD", "SANDBOX", "AUDIT_LOG", "R2"];
const kindsOf = (held: string[]) => new Set(held.map((place) => place.split(" ")[0]));

/** The bindings with a call that breaks, the nth from now on: to an object, to files, or to the rows of conversations and orgs. */
function breakingAt(nth: number): { env: Env; broke: () => boolean } {
  let left = nth;
  const counted = <T extends object>(binding: T, counts: (method: string, given: unknown) => boolean): T =>
    new Proxy(binding, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (counts(String(name), given[0]) && left-- === 0) throw new Error("broke off");
          return value.apply(target, given) as unknown;
        };
      },
    });
  const finds = (method: string) => method === "get";
  const env = {
    ...testEnv,
    DB: counted(
      testEnv.DB,
      (method, given) => method === "batch" || /^delete from "conversations"/.test(String(given)),
    ),
    FILES: counted(testEnv.FILES, () => true),
    CONVERSATION: counted(testEnv.CONVERSATION, finds),
    SANDBOX: counted(testEnv.SANDBOX, finds),
    AUDIT_LOG: counted(testEnv.AUDIT_LOG, finds),
  };
  return { env, broke: () => left < 0 };
}

describe("the purge of orgs", () => {
  it("SB72 leaves nothing of an org whose days of grace are over, and everything of the others", async () => {
    const [gone, stays] = [await livedIn(), await livedIn()];
    expect(kindsOf(await heldOf(gone))).toEqual(new Set(KINDS));
    const kept = await heldOf(stays);
    const rows = await rowsOf(testEnv.DB, stays.world.orgId);
    await beginDeletion(testEnv, gone.world.orgId, LONG_AGO);
    await purgeOrgs(testEnv, NOW);
    expect(await heldOf(gone)).toEqual([]);
    expect(await heldOf(stays)).toEqual(kept);
    expect(await rowsOf(testEnv.DB, stays.world.orgId)).toEqual(rows);
    await purgeOrgs(testEnv, NOW);
  });

  it("waits for the end of the grace, in which nobody finds the org and it can be had back whole", async () => {
    const lived = await livedIn();
    const { orgId, slug } = lived.world;
    const before = await heldOf(lived);
    await beginDeletion(testEnv, orgId, LONG_AGO + 1);
    await beginDeletion(testEnv, orgId, NOW);
    expect(purgedAt(LONG_AGO + 1)).toBe(NOW + 1);
    await purgeOrgs(testEnv, NOW);
    expect(await findOrgBySlug(testEnv, slug)).toBeNull();
    expect((await lived.world.fetch("/api/me")).status).toBe(404);
    expect(await takeBackDeletion(testEnv, orgId, NOW + 1)).toBe(false);
    expect(await takeBackDeletion(testEnv, orgId, NOW)).toBe(true);
    await purgeOrgs(testEnv, NOW + 2 * GRACE_MS);
    expect(await heldOf(lived)).toEqual(before);
    expect((await lived.world.fetch("/api/me")).status).toBe(200);
  });

  it("goes on where it broke off, whichever step that was", async () => {
    for (let nth = 0; ; nth += 2) {
      const lived = await livedIn();
      await heldOf(lived);
      await beginDeletion(testEnv, lived.world.orgId, LONG_AGO);
      const { env, broke } = breakingAt(nth);
      await purgeOrgs(env, NOW).catch(() => undefined);
      await purgeOrgs(testEnv, NOW);
      expect({ nth, left: await heldOf(lived) }).toEqual({ nth, left: [] });
      if (!broke()) break;
      expect(nth).toBeLessThan(60);
    }
  }, 120_000);

  it("deletes what it can where one conversation cannot be deleted now", async () => {
    const [lived, other] = [await livedIn(), await livedIn()];
    for (const one of [lived, other]) await beginDeletion(testEnv, one.world.orgId, LONG_AGO);
    const env = { ...testEnv, SANDBOX: { ...testEnv.SANDBOX } as DurableObjectNamespace };
    await purgeOrgs(env, NOW);
    expect(kindsOf(await heldOf(lived))).toContain("SANDBOX");
    await purgeOrgs(testEnv, NOW);
    for (const one of [lived, other]) expect(await heldOf(one)).toEqual([]);
  });
});

import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { Approval } from "#contract/ask";
import type { ChainedEntry } from "#contract/audit";
import type { Run } from "#contract/run";
import { newId } from "#platform/new-id";
import { unwrap } from "#platform/problem-response";
import { auditStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { type Harness, itemOf, makeHarness } from "./testing/harness.ts";

const DIGEST = "ab".repeat(32);

async function entriesOf({ orgId }: Harness): Promise<ChainedEntry[]> {
  return unwrap(await auditStub(testEnv, orgId).page(orgId, { limit: 200 })).items.toReversed();
}

function settled(chat: Harness, count: number): Promise<ChainedEntry[]> {
  return vi.waitFor(async () => {
    const left = await entriesOf(chat);
    expect(left).toHaveLength(count);
    return left;
  });
}

async function asked(chat: Harness): Promise<Approval> {
  await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
  const run: Run = await chat.activeRun();
  const approval: Approval = {
    id: newId("approval"),
    runId: run.id,
    itemId: itemOf(run).id,
    tool: "bash",
    summary: "git push",
    args: { command: "git push" },
    digest: DIGEST,
    pattern: "git push*",
    status: "pending",
    scope: null,
    decidedBy: null,
    reason: null,
    requestedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  };
  await chat.report(run, 1, [{ type: "approval.requested", approval }]);
  return approval;
}

describe("what a conversation leaves in the audit log", () => {
  it("AU12 a decision is one entry that names who and what, however often its effect is done", async () => {
    const chat = await makeHarness();
    const approval = await asked(chat);
    await chat.command({ type: "approval.decide", approvalId: approval.id, decision: "always" });
    const [entry] = await settled(chat, 1);
    expect(entry).toMatchObject({
      action: "approval.approve_always",
      actor: { memberId: chat.principal.memberId, kind: "human", name: "Ada", via: null },
      target: `${chat.id}/${approval.id}`,
      outcome: "done",
      after: DIGEST,
    });
    await chat.use((object, state) => {
      const seq = object.store.state.seq;
      const { seq: _seq, prev: _prev, digest: _digest, ...record } = entry as ChainedEntry;
      const effect = JSON.stringify({ type: "audit", record, key: `${chat.id}/${seq}` });
      for (let n = 0; n < 3; n += 1)
        state.storage.sql.exec("INSERT INTO outbox (lane, effect) VALUES ('audit', ?)", effect);
      return object.drain();
    });
    expect(await entriesOf(chat)).toHaveLength(1);
  });

  it("AU12 pushes, and who comes and goes, are entries too; talk is none", async () => {
    const chat = await makeHarness();
    const guest = newId("member");
    await testEnv.DB.prepare(
      "INSERT INTO members (org_id, id, kind, name, role, created_at) VALUES (?, ?, 'human', 'Gil', 'guest', 0)",
    )
      .bind(chat.orgId, guest)
      .run();
    await chat.command({ type: "message.post", content: "one", mode: "auto", attachments: [] });
    await chat.command({ type: "participant.add", memberId: guest });
    await chat.command({ type: "participant.remove", memberId: guest });
    const push = { type: "git.pushed", commit: "c0ffee", branch: "main" } as const;
    await chat.use((object) => object.reportSandbox({ kind: "service", orgId: chat.orgId }, push));
    const left = await settled(chat, 3);
    expect(left.map(({ action, target, actor }) => [action, target, actor.kind])).toEqual([
      ["participant.join", `${chat.id}/${guest}`, "human"],
      ["participant.leave", `${chat.id}/${guest}`, "human"],
      ["git.pushed", `${chat.id}/main@c0ffee`, "system"],
    ]);
  });

  it("AU12 an entry that cannot be stored now is stored later, and a purge waits for it", async () => {
    const chat = await makeHarness();
    const log = auditStub(testEnv, chat.orgId);
    unwrap(await log.extent(chat.orgId));
    const sql = (text: string) => runInDurableObject(log, (_object, state) => void state.storage.sql.exec(text));
    await sql("CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'full'); END");
    const approval = await asked(chat);
    await chat.command({ type: "approval.decide", approvalId: approval.id, decision: "deny" });
    const purge = () => chat.use((object) => object.beforePurge(chat.principal));
    await vi.waitFor(async () => expect(await waiting(chat)).toBeGreaterThan(0));
    expect(await purge()).toMatchObject({ ok: false, problem: { code: "unavailable" } });
    await sql("DROP TRIGGER broken");
    await chat.evict();
    await vi.waitFor(async () => expect(await purge()).toMatchObject({ ok: true }), { timeout: 5_000, interval: 100 });
    expect((await entriesOf(chat)).map(({ action }) => action)).toEqual(["approval.deny"]);
  });
});

/** How often the entry at the head of the lane was tried. */
function waiting(chat: Harness): Promise<number> {
  return chat.use((_object, state) => {
    const row = state.storage.sql.exec("SELECT attempts FROM outbox WHERE lane = 'audit'").toArray()[0];
    return Number(row?.attempts ?? 0);
  });
}

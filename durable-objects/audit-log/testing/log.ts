import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import type { AuditRecord } from "#contract/audit";
import { chainAudit, linesOf, type Verdict, verifyExport } from "#domain/conversation/export-chain";
import { chainTools } from "#platform/chain-tools";
import { newId } from "#platform/new-id";
import { unwrap } from "#platform/problem-response";
import type { AuditLogRpc } from "#platform/rpc-audit";
import { auditStub } from "#platform/stubs";
import { testEnv } from "../../../workers/shared/testing/world.ts";

/** What somebody did, ready to be appended. */
export function record(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    at: new Date().toISOString(),
    actor: { memberId: "mem_0197a0c0f00070008000000000000001", kind: "human", name: "Ada", via: "session" },
    action: "provider.change",
    target: "prv_1",
    outcome: "done",
    before: null,
    after: null,
    address: "192.0.2.0/24",
    userAgent: "test",
    requestId: "req_1",
    ...changes,
  };
}

/** The audit log of an org of its own. */
export function makeLog() {
  const orgId = newId("org");
  const log = auditStub(testEnv, orgId);
  async function* pages() {
    const { checkpoint, head } = unwrap(await log.extent(orgId));
    for (let after = checkpoint.seq; after < head.seq; ) {
      const page = unwrap(await log.lines(orgId, { after, upTo: head.seq }));
      yield page.bodies.map((body) => JSON.parse(body));
      after = page.next;
    }
  }
  async function exported(): Promise<string> {
    const { checkpoint, head } = unwrap(await log.extent(orgId));
    const events = head.seq - checkpoint.seq;
    const header = { format: "quayside-audit", version: 1, orgId, exportedAt: "2026-11-20T08:00:00.000Z" } as const;
    let text = "";
    for await (const piece of chainAudit({ ...header, checkpoint, events }, pages(), chainTools)) text += piece;
    return text;
  }
  return {
    orgId,
    log,
    exported,
    append: (...entries: Parameters<typeof log.append>[1]) => log.append(orgId, entries),
    seqs: async () => unwrap(await log.page(orgId, { limit: 200 })).items.map((one) => one.seq),
    verdict: async () => verdictOf(await exported()),
    sql: (statement: string) =>
      runInDurableObject(log, (_object, state) => state.storage.sql.exec(statement).toArray()),
    stored: () =>
      runInDurableObject(log, async (_object, state) => ({
        keys: (await state.storage.list()).size,
        tables: state.storage.sql
          .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")
          .toArray(),
        alarm: await state.storage.getAlarm(),
      })),
    object: <T>(work: (object: AuditLogRpc) => Promise<T>) =>
      runInDurableObject(log, (object) => work(object as unknown as AuditLogRpc)),
    evict: () => evictDurableObject(log),
    alarm: () => runDurableObjectAlarm(log),
  };
}

export async function verdictOf(text: string): Promise<Verdict> {
  async function* chunks() {
    yield new TextEncoder().encode(text);
  }
  return verifyExport(linesOf(chunks()), chainTools);
}

import { AUDIT_FORMAT, AUDIT_VERSION, type AuditCheckpoint, auditPage, auditPolicy, auditQuery } from "#contract/audit";
import { type ExportLine, exportLine } from "#contract/export";
import { chainAudit } from "#domain/conversation/export-chain";
import { chainTools } from "#platform/chain-tools";
import type { Env } from "#platform/env";
import { allow } from "#platform/policy";
import { settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import type { AuditLogRpc } from "#platform/rpc-audit";
import { auditStub } from "#platform/stubs";
import { exportResponse } from "../export/export-response.ts";

const tag = "Audit";
const WHAT = "audit log";

const list = defineRoute({
  method: "get",
  path: "/audit",
  summary: "Who did what in the organisation, newest first",
  tag,
  policy: allow("audit.read"),
  query: auditQuery,
  response: auditPage,
  problems: ["invalid", "unauthenticated", "forbidden", "unavailable"],
  handle: async ({ env, principal: { orgId }, query }) =>
    unwrap(await settle(auditStub(env, orgId).page(orgId, query), WHAT)),
});

const download = defineRoute({
  method: "get",
  path: "/audit/export",
  summary: "The whole audit log as JSON lines in a chain of digests, as `npm run verify-export` checks it",
  tag,
  policy: allow("audit.read"),
  audit: "audit.export",
  problems: ["unauthenticated", "forbidden", "unavailable"],
  async handle({ env, principal: { orgId }, org }) {
    const { checkpoint, head } = unwrap(await settle<Extent>(auditStub(env, orgId).extent(orgId), WHAT));
    const header = {
      format: AUDIT_FORMAT,
      version: AUDIT_VERSION,
      orgId,
      exportedAt: new Date().toISOString(),
      checkpoint,
      events: head.seq - checkpoint.seq,
    } as const;
    const pages = linesOf(env, orgId, { checkpoint, head });
    return exportResponse("jsonl", `audit-${org.slug}`, chainAudit(header, pages, chainTools));
  },
});

const readPolicy = defineRoute({
  method: "get",
  path: "/audit/policy",
  summary: "How long the audit log is kept",
  tag,
  policy: allow("audit.read"),
  response: auditPolicy,
  problems: ["unauthenticated", "forbidden", "unavailable"],
  handle: async ({ env, principal: { orgId } }) => unwrap(await settle(auditStub(env, orgId).policy(orgId), WHAT)),
});

const setPolicy = defineRoute({
  method: "put",
  path: "/audit/policy",
  summary: "Set how long the audit log is kept; what is older is removed for good",
  tag,
  policy: allow("org.manage"),
  audit: {
    action: "audit.policy_change",
    before: async ({ env, principal: { orgId } }) => unwrap(await settle(auditStub(env, orgId).policy(orgId), WHAT)),
  },
  body: auditPolicy,
  response: auditPolicy,
  problems: ["invalid", "unauthenticated", "forbidden", "unavailable"],
  handle: async ({ env, principal: { orgId }, body }) =>
    unwrap(await settle(auditStub(env, orgId).setPolicy(orgId, body), WHAT)),
});

export const auditRoutes: AnyRoute[] = [list, download, readPolicy, setPolicy];

type Extent = { checkpoint: AuditCheckpoint; head: AuditCheckpoint };

/** The stored lines up to the head the log had when that began, each page read when it is asked for. */
async function* linesOf(env: Env, orgId: string, { checkpoint, head }: Extent): AsyncGenerator<ExportLine[]> {
  const log: Pick<AuditLogRpc, "lines"> = auditStub(env, orgId);
  for (let after = checkpoint.seq; after < head.seq; ) {
    const page = unwrap(await settle(log.lines(orgId, { after, upTo: head.seq }), WHAT));
    if (page.bodies.length === 0) return;
    yield page.bodies.map((body) => exportLine.parse(JSON.parse(body)));
    after = page.next;
  }
}

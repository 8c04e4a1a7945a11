import type { AuditAction, AuditActor, AuditRecord } from "#contract/audit";
import { networkOf } from "#domain/audit/network";
import { withoutSecrets } from "#domain/audit/without-secrets";
import { chainTools, hashBytes } from "./chain-tools.ts";
import type { Env } from "./env.ts";
import { redactJson, redactText } from "./log.ts";
import type { Principal } from "./principal.ts";
import { settle, unwrap } from "./problem-response.ts";
import type { AuditAppend } from "./rpc-audit.ts";
import { auditStub } from "./stubs.ts";

/** What is told of an act; the rest of its entry follows from the request. `outcome` is `done` unless told. */
export interface AuditFacts extends Partial<Pick<AuditRecord, "target" | "before" | "after" | "outcome">> {
  action: AuditAction;
  actor: AuditActor;
  code?: AuditRecord["code"];
  request: Request;
  requestId: string;
}

/** The entry of an act, as of now. No secret and no whole address is in it. */
export function auditRecord({ request, requestId, target, code, ...facts }: AuditFacts): AuditAppend {
  return {
    before: null,
    after: null,
    outcome: "done",
    ...facts,
    ...(code === undefined ? {} : { code }),
    at: new Date().toISOString(),
    target: target ? redactText(target).slice(0, 300) : null,
    address: networkOf(request.headers.get("cf-connecting-ip")),
    userAgent: redactText(request.headers.get("user-agent") ?? "").slice(0, 200) || null,
    requestId,
  };
}

/**
 * Stores entries in an org's audit log, all or none. It throws `unavailable` where they cannot be stored: then what they tell of
 * must not be done.
 */
export async function recordAudit(env: Env, orgId: string, entries: AuditAppend[]): Promise<void> {
  unwrap(await settle<number[]>(auditStub(env, orgId).append(orgId, entries), "audit log"));
}

/** Who a request speaks for. A stranger is nobody of the org. */
export function auditActor(principal: Principal | null): AuditActor {
  if (principal === null) return { memberId: null, kind: "human", name: "", via: null };
  if (principal.kind !== "member") return { memberId: null, kind: "system", name: principal.kind, via: "system" };
  const { memberId, memberKind, name, via } = principal;
  return { memberId, kind: memberKind, name: name.slice(0, 200), via };
}

/** The digest of a value or of bytes for an entry: its secrets are taken out before. Null for nothing. */
export async function auditDigest(value: unknown): Promise<string | null> {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return hashBytes(value);
  return chainTools.hash(chainTools.canonical(withoutSecrets(redactJson(value))));
}

import type { AuditAction } from "#contract/audit";
import type { Problem } from "#contract/problem";
import { type AuditFacts, auditActor, auditDigest, auditRecord, recordAudit } from "./audit.ts";
import type { Env } from "./env.ts";
import { logEvent } from "./log.ts";
import type { Principal } from "./principal.ts";
import { PROBLEM_FACES, problemOf } from "./problem-response.ts";
import { limitWrites } from "./rate-limit.ts";

/** The entry that a route leaves, by its action alone or with what the request does not say by its ids. */
export type RouteAudit<I> = AuditAction | AuditPlan<I>;

export interface AuditPlan<I> {
  action: AuditAction;
  /** What is acted upon, where that is not what the route's ids name. */
  target?(input: I): string | null;
  /** Reads what is about to be changed; null where that is not there. */
  before?(input: I): Promise<unknown>;
  /** Where it is false the conversation's log is the record. */
  when?(input: I): boolean;
}

/** What an entry takes from a request that was let in and parsed. */
export interface AuditedInput {
  env: Env;
  request: Request;
  requestId: string;
  org: { id: string };
  principal: unknown;
  params: unknown;
  body: unknown;
}

export function actionOf(audit: RouteAudit<never>): AuditAction {
  return typeof audit === "string" ? audit : audit.action;
}

/**
 * Stores the entry, then acts: where it cannot be stored nothing is done (`unavailable`). An act that is refused or fails after
 * that leaves a second entry, with the problem's code.
 */
export async function audited<I extends AuditedInput>(
  audit: RouteAudit<I>,
  input: I,
  act: () => Promise<Response>,
): Promise<Response> {
  const plan: AuditPlan<I> = typeof audit === "string" ? { action: audit } : audit;
  if (plan.when?.(input) === false) return act();
  const facts = await factsOf(plan, input);
  await recordAudit(input.env, orgOf(input), [auditRecord(facts)]);
  try {
    const response = await act();
    if (response.status >= 400) await recordEnd(input, { ...facts, outcome: outcomeOf(response.status) });
    return response;
  } catch (error) {
    await recordEnd(input, { ...facts, ...endOf(problemOf(error)) });
    throw error;
  }
}

/** The one entry of somebody known whom the route's policy refuses. Strangers leave none: they could fill a log that is not theirs. */
export async function auditRefusal(
  audit: RouteAudit<never>,
  input: Omit<AuditedInput, "body">,
  problem: Problem,
): Promise<void> {
  if (input.principal === null) return;
  const { request, requestId } = input;
  const actor = auditActor(input.principal as Principal);
  const target = idsOf(input.params);
  await recordEnd(input, { action: actionOf(audit), actor, target, request, requestId, ...endOf(problem) });
}

/** Counts reading something that leaves an entry as a write of the member. */
export async function limitEntries(input: Pick<AuditedInput, "env" | "org" | "principal">): Promise<void> {
  const principal = input.principal as Principal | null;
  if (principal?.kind === "member") await limitWrites(input.env, principal.orgId, principal.memberId);
}

async function factsOf<I extends AuditedInput>(plan: AuditPlan<I>, input: I): Promise<AuditFacts> {
  const [before, after] = await Promise.all([plan.before?.(input).then(auditDigest), auditDigest(input.body)]);
  return {
    action: plan.action,
    actor: auditActor(input.principal as Principal | null),
    target: plan.target?.(input) ?? idsOf(input.params),
    before: before ?? null,
    after,
    request: input.request,
    requestId: input.requestId,
  };
}

/** How it ended. It is over already, so that a log that fails now changes nothing about the answer. */
async function recordEnd(input: Pick<AuditedInput, "env" | "org" | "principal">, facts: AuditFacts): Promise<void> {
  const { env } = input;
  const orgId = orgOf(input);
  const { action, requestId } = facts;
  await recordAudit(env, orgId, [auditRecord(facts)]).catch((error: unknown) =>
    logEvent(env, "audit.end_lost", { orgId, requestId, action, error }),
  );
}

/** The log is that of the org whose member asks, of the host's where a stranger does. */
function orgOf({ principal, org }: Pick<AuditedInput, "principal" | "org">): string {
  return (principal as Principal | null)?.orgId ?? org.id;
}

function endOf(problem: Problem) {
  return { outcome: outcomeOf(PROBLEM_FACES[problem.code].status), code: problem.code };
}

function outcomeOf(status: number): "refused" | "failed" {
  return status < 500 ? "refused" : "failed";
}

/** The ids of a route's path, in their order. */
function idsOf(params: unknown): string | null {
  return Object.values((params ?? {}) as Record<string, string>).join("/") || null;
}

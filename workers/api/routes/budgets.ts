import { z } from "zod";
import { type Budgets, budgets, budgetsPatch, conversationBudget, conversationBudgetPatch } from "#contract/budget";
import { conversationId } from "#contract/ids";
import { getBudgets, getConversationBudget, setConversationLimit, updateBudgets } from "#data/budgets";
import { listProviders } from "#data/providers";
import { forTenant, type TenantDb } from "#data/tenant-db";
import { withKnown } from "#domain/provider/prices";
import { allow, within } from "#platform/policy";
import { ProblemError, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationStub } from "#platform/stubs";

const TAG = "Models";
const params = z.object({ id: conversationId });

const read = defineRoute({
  method: "get",
  path: "/budgets",
  summary: "What the organisation's model calls may cost, and what they did cost this month",
  tag: TAG,
  policy: allow("budgets.manage"),
  response: budgets,
  problems: ["unauthenticated", "forbidden"],
  handle: async ({ env, principal }) => answer(await budgetsOf(forTenant(env, principal))),
});

const patch = defineRoute({
  method: "patch",
  path: "/budgets",
  summary: "Set the budget of each month, and of each conversation",
  tag: TAG,
  policy: allow("budgets.manage"),
  body: budgetsPatch,
  response: budgets,
  audit: { action: "budget.change", before: ({ env, principal }) => getBudgets(forTenant(env, principal), Date.now()) },
  problems: ["invalid", "unauthenticated", "forbidden", "rev_mismatch"],
  async handle({ env, principal, body, request }) {
    const db = forTenant(env, principal);
    const { rev } = await getBudgets(db, Date.now());
    const expected = request.headers.get("if-match");
    if (expected !== null && expected !== "*" && expected !== `"${rev}"`) throw changedMeanwhile();
    if (!(await updateBudgets(db, rev, body))) throw changedMeanwhile();
    return answer(await budgetsOf(db));
  },
});

const readOne = defineRoute({
  method: "get",
  path: "/conversations/:id/budget",
  summary: "What a conversation's model calls may cost, and what they did cost",
  tag: "Conversations",
  policy: within("conversation.read"),
  params,
  response: conversationBudget,
  problems: ["unauthenticated", "not_found"],
  async handle({ env, principal, params: { id } }) {
    unwrap(await conversationStub(env, principal.orgId, id).head(principal));
    return getConversationBudget(forTenant(env, principal), { conversationId: id, now: Date.now() });
  },
});

const patchOne = defineRoute({
  method: "patch",
  path: "/conversations/:id/budget",
  summary: "Set a conversation's own budget",
  tag: "Conversations",
  policy: allow("budgets.manage"),
  params,
  body: conversationBudgetPatch,
  response: conversationBudget,
  audit: {
    action: "budget.change",
    before: ({ env, principal, params }) =>
      getConversationBudget(forTenant(env, principal), { conversationId: params.id, now: Date.now() }),
  },
  problems: ["invalid", "unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id }, body }) {
    unwrap(await conversationStub(env, principal.orgId, id).head(principal));
    const db = forTenant(env, principal);
    await setConversationLimit(db, id, body.ownLimitMicroUsd);
    return getConversationBudget(db, { conversationId: id, now: Date.now() });
  },
});

export const budgetRoutes: AnyRoute[] = [read, patch, readOne, patchOne];

async function budgetsOf(db: TenantDb): Promise<Budgets> {
  const [known, providers] = await Promise.all([getBudgets(db, Date.now()), listProviders(db)]);
  const unpricedModels = providers
    .filter((provider) => provider.enabled)
    .flatMap(({ slug, kind, models }) =>
      models.filter((one) => withKnown(kind, one).price === null).map((one) => `${slug}/${one.name}`),
    );
  return { ...known, unpricedModels };
}

function answer(value: Budgets): Response {
  return Response.json(value, { headers: { etag: `"${value.rev}"`, "cache-control": "no-store" } });
}

const changedMeanwhile = () =>
  new ProblemError({ code: "rev_mismatch", detail: "The budgets were changed meanwhile. Read them again." });

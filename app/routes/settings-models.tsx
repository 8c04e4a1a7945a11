import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { lazy, Suspense, useEffect, useState } from "react";
import type { Model, Provider } from "#contract/provider";
import { BudgetsOfOrg } from "../components/money/budgets.tsx";
import { ProviderRow } from "../components/providers/provider-row.tsx";
import { Button } from "../components/ui/button.tsx";
import { Empty } from "../components/ui/page.tsx";
import { unless } from "../lib/access-api.ts";
import { ApiProblem } from "../lib/api.ts";
import { answerOf } from "../lib/context.ts";
import { count } from "../lib/format.ts";
import { budgetsOf } from "../lib/money-form.ts";
import { createOf, patchOf } from "../lib/provider-form.ts";
import { settingsApi } from "../lib/settings-api.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";

const ProviderForm = lazy(() => import("../components/providers/provider-form.client.tsx"));

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.models.title) }];

/** Providers and budgets are for administrators; which models there are is for everybody. */
const others = unless([403], null);

export async function loader({ context }: LoaderFunctionArgs) {
  const api = settingsApi(context.api);
  const [models, providers, budgets] = await answerOf(
    Promise.all([context.api.models(), api.providers().catch(others), api.budgets().catch(others)]),
  );
  return { models, providers: providers?.items ?? null, budgets };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const api = settingsApi(context.api);
  const id = String(form.get("id") ?? "");
  try {
    if (form.get("intent") === "budgets") return await keepBudgets(api, form);
    if (form.get("intent") === "remove") await api.removeProvider(id);
    else if (id) await api.patchProvider(id, patchOf(form));
    else await api.createProvider(createOf(form));
    return data({ done: true, problem: null, budgets: false });
  } catch (error) {
    if (error instanceof ApiProblem)
      return data(
        { done: false, problem: error.problem, budgets: form.get("intent") === "budgets" },
        { status: error.status },
      );
    throw error;
  }
}

async function keepBudgets(api: ReturnType<typeof settingsApi>, form: FormData) {
  const { patch, errors } = budgetsOf(form);
  const problem = { code: "invalid" as const, detail: "", fields: errors };
  if (errors.length > 0) return data({ done: false, problem, budgets: true }, { status: 400 });
  await api.setBudgets(patch);
  return data({ done: false, problem: null, budgets: true });
}

export default function Models() {
  const { models, providers, budgets } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = answer?.budgets ? answer.problem : null;
  return (
    <div className="flex flex-col gap-8">
      <p className="text-n11">{settingsPagesText.models.intro}</p>
      <Available models={models} />
      {providers && <Providers providers={providers} />}
      {budgets && <BudgetsOfOrg key={budgets.rev} budgets={budgets} problem={problem} />}
    </div>
  );
}

function Providers({ providers }: { providers: Provider[] }) {
  const answer = useActionData<typeof action>();
  const [editing, setEditing] = useState<Provider | "new" | null>(null);
  useEffect(() => {
    if (answer?.done) setEditing(null);
  }, [answer]);
  return (
    <section className="flex flex-col gap-3" aria-labelledby="providers">
      <div className="flex items-center gap-4">
        <h2 id="providers" className="flex-1 font-semibold text-18">
          {settingsPagesText.models.providers}
        </h2>
        {editing === null && (
          <Button look="primary" onClick={() => setEditing("new")}>
            {settingsPagesText.models.add}
          </Button>
        )}
      </div>
      {editing !== null && (
        <Suspense>
          <ProviderForm
            key={editing === "new" ? "new" : editing.id}
            provider={editing === "new" ? null : editing}
            problem={answer?.budgets ? null : (answer?.problem ?? null)}
            onCancel={() => setEditing(null)}
          />
        </Suspense>
      )}
      {providers.length === 0 && editing === null && (
        <Empty title={settingsPagesText.models.noneTitle} detail={settingsPagesText.models.noneDetail} />
      )}
      <ul className="flex flex-col">
        {providers.map((one) => (
          <li key={one.id} className="border-n6 border-b last:border-0">
            <ProviderRow provider={one} onEdit={() => setEditing(one)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Available({ models }: { models: Model[] }) {
  return (
    <section className="flex flex-col gap-2" aria-labelledby="available">
      <h2 id="available" className="font-semibold text-18">
        {settingsPagesText.models.available}
      </h2>
      <ul className="flex flex-col">
        {models.map((one) => (
          <li key={one.id} className="flex flex-col gap-0.5 border-n6 border-b py-2 last:border-0">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-medium text-15">{one.name}</span>
              <span className="font-mono text-12 text-n11">{one.id}</span>
              {one.demo && <Badge words={settingsPagesText.models.demoBadge} look="bg-amber-soft text-amber" />}
              {one.isDefault && (
                <Badge words={settingsPagesText.models.defaultBadge} look="bg-accent-soft text-accent" />
              )}
            </span>
            {one.demo && <span className="text-13 text-n11">{text.models.demoDetail}</span>}
            {one.contextTokens !== null && (
              <span className="text-12 text-n11">{settingsPagesText.models.context(count(one.contextTokens))}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Badge({ words, look }: { words: string; look: string }) {
  return <span className={`rounded-6 px-1.5 text-12 ${look}`}>{words}</span>;
}

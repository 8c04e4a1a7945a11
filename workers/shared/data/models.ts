import { DEMO_MODEL, type Model } from "#contract/provider";
import { withKnown } from "#domain/provider/prices";
import { listProviders } from "./providers.ts";
import type { TenantDb } from "./tenant-db.ts";

const DEMO: Omit<Model, "isDefault"> = {
  id: DEMO_MODEL,
  name: "Demo model",
  provider: "Built in",
  demo: true,
  contextTokens: null,
};

/** The models of the org's enabled providers, and the built-in one last. The first is the default. */
export async function listModels(db: TenantDb): Promise<Model[]> {
  const providers = (await listProviders(db)).filter((provider) => provider.enabled);
  const real = providers.flatMap((provider) =>
    provider.models.map((one) => ({
      id: `${provider.slug}/${one.name}`,
      name: one.name,
      provider: provider.name,
      demo: false,
      contextTokens: withKnown(provider.kind, one).contextTokens,
    })),
  );
  return [...real, DEMO].map((one, index) => ({ ...one, isDefault: index === 0 }));
}

/** The model of new conversations. */
export async function defaultModel(db: TenantDb): Promise<string> {
  const [first] = await listModels(db);
  return first?.id ?? DEMO_MODEL;
}

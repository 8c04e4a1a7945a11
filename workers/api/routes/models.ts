import { z } from "zod";
import { DEMO_MODEL, type Model, model } from "#contract/provider";
import { listProviders } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import { anyMember } from "#platform/policy";
import { type AnyRoute, defineRoute } from "#platform/route";

const list = defineRoute({
  method: "get",
  path: "/models",
  summary: "The models a run can use",
  tag: "Models",
  policy: anyMember,
  response: z.object({ items: z.array(model), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  async handle({ env, principal }) {
    const providers = await listProviders(forTenant(env, principal));
    const real = providers
      .filter((provider) => provider.enabled)
      .flatMap((provider) =>
        provider.models.map(
          (one): Omit<Model, "isDefault"> => ({
            id: `${provider.slug}/${one.name}`,
            name: one.name,
            provider: provider.name,
            demo: false,
            contextTokens: one.contextTokens,
          }),
        ),
      );
    const demo = { id: DEMO_MODEL, name: "Demo model", provider: "Built in", demo: true, contextTokens: null };
    return { items: [...real, demo].map((one, index) => ({ ...one, isDefault: index === 0 })), nextCursor: null };
  },
});

export const modelRoutes: AnyRoute[] = [list];

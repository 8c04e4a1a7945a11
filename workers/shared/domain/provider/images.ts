import type { Provider } from "#contract/provider";

/** Vendors whose present models read images unless a model is marked otherwise. */
const KINDS: ReadonlySet<Provider["kind"]> = new Set(["openai", "anthropic", "google"]);

/** Whether a model (`slug/name`) takes images: as it is marked, otherwise as its vendor's models do. Pure. */
export function takesImages(
  providers: readonly Pick<Provider, "slug" | "kind" | "models">[],
  modelId: string,
): boolean {
  const slash = modelId.indexOf("/");
  const provider = providers.find((one) => one.slug === modelId.slice(0, slash));
  const model = provider?.models.find((one) => one.name === modelId.slice(slash + 1));
  return model !== undefined && provider !== undefined && (model.images ?? KINDS.has(provider.kind));
}

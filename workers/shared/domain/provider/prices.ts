import type { ModelPrice, Provider, ProviderKind } from "#contract/provider";

type ProviderModel = Provider["models"][number];

/** What is known of a vendor's model. */
export interface KnownModel {
  contextTokens: number;
  maxOutputTokens: number;
  price: ModelPrice;
}

/** Prices in micro-USD per million tokens: fresh input, output, input read from the cache. */
function known(size: [context: number, output: number], price: [input: number, output: number, cached: number]) {
  const [contextTokens, maxOutputTokens] = size;
  const [inputMicroUsd, outputMicroUsd, cachedMicroUsd] = price.map((usd) => Math.round(usd * 1_000_000)) as [
    number,
    number,
    number,
  ];
  return { contextTokens, maxOutputTokens, price: { inputMicroUsd, outputMicroUsd, cachedMicroUsd } };
}

const MILLION: [number, number] = [1_000_000, 128_000];
const SMALL: [number, number] = [200_000, 64_000];

/**
 * List prices in USD per million tokens as the vendors' own pages had them on 20 November 2026:
 * https://platform.claude.com/docs/en/about-claude/pricing with the overview page of each model, and
 * https://developers.openai.com/api/docs/models/MODEL. Models that cost more from some length of prompt on are not here: one
 * price would be wrong for them. A provider's own price goes before the table.
 */
const TABLE: Partial<Record<ProviderKind, Record<string, KnownModel>>> = {
  anthropic: {
    "claude-fable-5-1": known(MILLION, [10, 50, 0.25]),
    "claude-opus-5-5": known(MILLION, [4, 20, 0.2]),
    "claude-opus-5": known(MILLION, [5, 25, 0.5]),
    "claude-opus-4-8": known(MILLION, [5, 25, 0.5]),
    "claude-sonnet-5-5": known(MILLION, [2, 10, 0.2]),
    "claude-sonnet-5": known(MILLION, [2, 10, 0.2]),
    "claude-haiku-4-5": known(SMALL, [1, 5, 0.1]),
    "claude-haiku-4-5-20251001": known(SMALL, [1, 5, 0.1]),
  },
  openai: {
    "gpt-5-mini": known([400_000, 128_000], [0.25, 2, 0.025]),
    "gpt-5-nano": known([400_000, 128_000], [0.05, 0.4, 0.005]),
  },
};

/** What the table knows of a vendor's model by its name; null where it is not in it. */
export function knownModel(kind: ProviderKind, name: string): KnownModel | null {
  const models = TABLE[kind] ?? {};
  return Object.hasOwn(models, name) ? (models[name] ?? null) : null;
}

/** A provider's model with what the table knows in the place of what its administrator left open. */
export function withKnown(kind: ProviderKind, model: ProviderModel): ProviderModel {
  const found = knownModel(kind, model.name);
  return {
    ...model,
    contextTokens: model.contextTokens ?? found?.contextTokens ?? null,
    maxOutputTokens: model.maxOutputTokens ?? found?.maxOutputTokens ?? null,
    price: model.price ?? found?.price ?? null,
  };
}

/** The size of the window of a model (`slug/name`) in tokens; null where it is not known. */
export function windowOf(
  providers: readonly Pick<Provider, "slug" | "kind" | "models">[],
  modelId: string,
): number | null {
  const slash = modelId.indexOf("/");
  const provider = providers.find((one) => one.slug === modelId.slice(0, slash));
  const model = provider?.models.find((one) => one.name === modelId.slice(slash + 1));
  return provider && model ? withKnown(provider.kind, model).contextTokens : null;
}

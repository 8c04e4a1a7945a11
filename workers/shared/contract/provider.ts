import { z } from "zod";
import { providerId, timestamp } from "./ids.ts";

export const providerKind = z.enum(["openai", "anthropic", "google", "openrouter", "workers_ai", "openai_compatible"]);
export type ProviderKind = z.infer<typeof providerKind>;

/** Price in micro-USD per million tokens; `cached` are input tokens read from the vendor's cache. */
export const modelPrice = z.strictObject({
  inputMicroUsd: z.number().int().nonnegative(),
  outputMicroUsd: z.number().int().nonnegative(),
  cachedMicroUsd: z.number().int().nonnegative(),
});
export type ModelPrice = z.infer<typeof modelPrice>;

export const providerModel = z.strictObject({
  name: z.string().min(1).max(200),
  contextTokens: z.number().int().positive().nullable().default(null),
  /** The most tokens of an answer; null where it is unknown. */
  maxOutputTokens: z.number().int().positive().nullable().default(null),
  /** Null: as the price table has it (domain/provider/prices.ts); unknown where that has none. */
  price: modelPrice.nullable().default(null),
  /** Whether it reads images; absent is as the vendor's models do. */
  images: z.boolean().optional(),
});

/** An LLM vendor of an org. The key is write-only: only its last four characters come back. */
export const provider = z.object({
  id: providerId,
  kind: providerKind,
  name: z.string(),
  /** The first half of a model's id, `slug/model`; unique in the org. */
  slug: z.string(),
  baseUrl: z.string().nullable(),
  models: z.array(providerModel),
  enabled: z.boolean(),
  key: z.object({ hasValue: z.boolean(), lastFour: z.string().nullable(), updatedAt: timestamp.nullable() }),
  rev: z.number().int(),
  createdAt: timestamp,
});
export type Provider = z.infer<typeof provider>;

export const providerCreate = z.strictObject({
  kind: providerKind,
  name: z.string().trim().min(1).max(80),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes, 40 at most"),
  baseUrl: z.url().max(2048).nullable().default(null),
  apiKey: z.string().max(4096).optional(),
  models: z.array(providerModel).max(200).default([]),
  enabled: z.boolean().default(true),
});
export type ProviderCreate = z.infer<typeof providerCreate>;

export const providerPatch = z
  .strictObject({
    name: providerCreate.shape.name,
    baseUrl: z.url().max(2048).nullable(),
    /** An empty string removes the key. */
    apiKey: z.string().max(4096),
    models: z.array(providerModel).max(200),
    enabled: z.boolean(),
  })
  .partial();
export type ProviderPatch = z.infer<typeof providerPatch>;

/** Answer of a connection check: the models the provider itself lists. */
export const providerCheck = z.object({
  reachable: z.boolean(),
  detail: z.string(),
  latencyMs: z.number().int().nonnegative(),
  models: z.array(z.string()),
});
export type ProviderCheck = z.infer<typeof providerCheck>;

/** The id of the model that needs no key and no network. */
export const DEMO_MODEL = "demo/scripted";

/** A model a run can use; `id` is `providerSlug/modelName`. */
export const model = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  demo: z.boolean(),
  contextTokens: z.number().int().nullable(),
  isDefault: z.boolean(),
});
export type Model = z.infer<typeof model>;

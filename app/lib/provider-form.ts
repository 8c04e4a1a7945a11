import { type ProviderCreate, type ProviderKind, type ProviderPatch, providerKind } from "#contract/provider";

import { microUsdOf } from "./money-form.ts";

/** What a form says, for a new provider. The api checks it. */
export function createOf(form: FormData): ProviderCreate {
  const key = word(form, "apiKey");
  return {
    kind: kindOf(form),
    name: word(form, "name"),
    slug: word(form, "slug"),
    baseUrl: word(form, "baseUrl") || null,
    models: modelsOf(form),
    enabled: form.get("enabled") === "on",
    ...(key ? { apiKey: key } : {}),
  };
}

/** What a form says, for a provider that exists: an empty key keeps the one it has. */
export function patchOf(form: FormData): ProviderPatch {
  const { name, baseUrl, models, enabled, apiKey } = createOf(form);
  return { name, baseUrl, models, enabled, ...(apiKey ? { apiKey } : {}) };
}

function kindOf(form: FormData): ProviderKind {
  return providerKind.catch("openai_compatible").parse(form.get("kind"));
}

type ProviderModel = ProviderCreate["models"][number];

function modelsOf(form: FormData): ProviderModel[] {
  const known = knownModels(form);
  return namesOf(word(form, "models")).map((name) => {
    const model = known.get(name) ?? { name, contextTokens: null, maxOutputTokens: null, price: null };
    return form.has(factName("context", name)) ? { ...model, ...factsOf(form, name) } : model;
  });
}

/** Names of models, one a line, each once. */
export function namesOf(lines: string): string[] {
  return [...new Set(lines.split("\n").map((one) => one.trim()))].filter(Boolean);
}

export type Fact = "context" | "input" | "output" | "cached";

/** The name of the field that holds a fact of a model. */
export function factName(fact: Fact, model: string): string {
  return `${fact}:${model}`;
}

/** What the fields of a model say. What is no number is left to the api to refuse, with the field's name. */
function factsOf(form: FormData, model: string): Pick<ProviderModel, "contextTokens" | "price"> {
  const said = (fact: Fact) => word(form, factName(fact, model));
  const contextTokens = said("context") === "" ? null : Number(said("context").replaceAll(/[\s,]/g, ""));
  if (`${said("input")}${said("output")}${said("cached")}` === "") return { contextTokens, price: null };
  const price = (fact: Fact) => microUsdOf(said(fact)) ?? Number.NaN;
  const cachedMicroUsd = price(said("cached") === "" ? "input" : "cached");
  return { contextTokens, price: { inputMicroUsd: price("input"), outputMicroUsd: price("output"), cachedMicroUsd } };
}

/** What is known of models beyond their names travels with the form, so that editing names does not lose it. */
function knownModels(form: FormData): Map<string, ProviderModel> {
  try {
    const list = JSON.parse(word(form, "knownModels") || "[]") as ProviderModel[];
    return new Map(list.map((one) => [one.name, one]));
  } catch {
    return new Map();
  }
}

function word(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}

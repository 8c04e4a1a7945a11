import { type ProviderCreate, type ProviderKind, type ProviderPatch, providerKind } from "#contract/provider";

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

function modelsOf(form: FormData): ProviderCreate["models"] {
  const known = knownModels(form);
  const names = word(form, "models").split("\n");
  return [...new Set(names.map((one) => one.trim()).filter(Boolean))].map(
    (name) => known.get(name) ?? { name, contextTokens: null, maxOutputTokens: null, price: null },
  );
}

/** What is known of models beyond their names travels with the form, so that editing names does not lose it. */
function knownModels(form: FormData): Map<string, ProviderCreate["models"][number]> {
  try {
    const list = JSON.parse(word(form, "knownModels") || "[]") as ProviderCreate["models"];
    return new Map(list.map((one) => [one.name, one]));
  } catch {
    return new Map();
  }
}

function word(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}

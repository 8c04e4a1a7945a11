import { z } from "zod";
import type { ProviderCheck, ProviderKind } from "#contract/provider";
import { endpointOf, keyHeaders, modelsAddress } from "#domain/provider/endpoint";
import { configOf } from "#platform/config";
import type { Env } from "#platform/env";
import { safeFetch } from "#platform/safe-fetch";

const TIME_LIMIT_MS = 10_000;
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** Google writes it before each name, also where it speaks as OpenAI does. */
const PREFIX = /^models\//;

const listOf = <T extends z.ZodType>(model: T) => z.array(model).max(5000);
const byId = z.object({ id: z.string() }).transform(({ id }) => id.replace(PREFIX, ""));
const byName = z.object({ name: z.string() }).transform(({ name }) => name.replace(PREFIX, ""));

/** The names in a list of models: OpenAI's and Anthropic's, Google's, Workers AI's. */
const modelList = z.union([
  z.object({ data: listOf(byId) }).transform(({ data }) => data),
  z.object({ models: listOf(byName) }).transform(({ models }) => models),
  z.object({ result: listOf(byName) }).transform(({ result }) => result),
]);

interface Candidate {
  kind: ProviderKind;
  baseUrl: string | null;
  apiKey: string | null;
}

/** Asks a provider for its list of models, for 10 s at most, and says in one sentence how that went. */
export async function checkProvider(env: Env, candidate: Candidate): Promise<ProviderCheck> {
  const startedAt = Date.now();
  const found = await askForModels(env, candidate);
  const latencyMs = Date.now() - startedAt;
  if (typeof found === "string") return { reachable: false, detail: found, latencyMs, models: [] };
  const count = found.length === 1 ? "1 model" : `${found.length} models`;
  return { reachable: true, detail: `Connected: it lists ${count}.`, latencyMs, models: found };
}

/** The names of the models, or the sentence that says why there are none. */
async function askForModels(env: Env, candidate: Candidate): Promise<string[] | string> {
  const base = endpointOf(candidate);
  if (!base.ok) return base.problem.detail;
  const answer = await safeFetch(
    modelsAddress(candidate, base.value),
    { headers: { accept: "application/json", ...keyHeaders(candidate, candidate.apiKey) } },
    {
      development: configOf(env).environment === "development",
      timeoutMs: TIME_LIMIT_MS,
      maxBytes: MAX_LIST_BYTES,
    },
  );
  if (!answer.ok) return answer.problem.detail;
  if (!answer.value.ok) {
    await answer.value.body?.cancel();
    return refusalOf(answer.value.status, candidate);
  }
  return readModels(answer.value);
}

function refusalOf(status: number, candidate: Candidate): string {
  if (status === 401 || status === 403)
    return candidate.apiKey ? "The provider does not accept this key." : "The provider wants a key.";
  if (status === 404 || status === 405)
    return "The server answers, but it has no list of models there. Check the base URL; it often ends in /v1.";
  if (status === 429) return "The provider limits how often it may be called. Try again in a minute.";
  return `The provider answers with status ${status}.`;
}

async function readModels(response: Response): Promise<string[] | string> {
  try {
    const parsed = modelList.safeParse(await response.json());
    if (parsed.success) return parsed.data;
  } catch {}
  return "Something answers there, but not with a list of models. Check the base URL; it often ends in /v1.";
}

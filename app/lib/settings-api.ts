import { z } from "zod";
import { type BudgetsPatch, budgets } from "#contract/budget";
import { pageOf } from "#contract/page";
import { type ProviderCreate, type ProviderPatch, provider, providerCheck } from "#contract/provider";
import type { Api } from "./api.ts";

/** What the settings of models ask; apart from the api that every page loads. */
export function settingsApi({ call }: Pick<Api, "call">) {
  const at = (id: string) => `/api/providers/${encodeURIComponent(id)}`;
  return {
    budgets: () => call.get("/api/budgets", budgets),
    setBudgets: (body: BudgetsPatch) => call.json("/api/budgets", budgets, ["PATCH", body]),
    providers: () => call.get("/api/providers?limit=200", pageOf(provider)),
    createProvider: (body: ProviderCreate) => call.post("/api/providers", provider, body),
    patchProvider: (id: string, body: ProviderPatch) => call.json(at(id), provider, ["PATCH", body]),
    removeProvider: (id: string) => call.send(at(id), z.unknown(), { method: "DELETE" }),
    check: (body: ProviderCreate) => call.post("/api/providers/check", providerCheck, body),
    checkStored: (id: string) => call.post(`${at(id)}/check`, providerCheck, {}),
  };
}

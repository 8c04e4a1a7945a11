import { createExecutionContext } from "cloudflare:test";
import { vi } from "vitest";
import type { ProviderKind } from "#contract/provider";
import { insertProvider } from "#data/providers";
import { forTenant } from "#data/tenant-db";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import type { RunPrincipal } from "#platform/principal";
import type { UsageCall } from "#platform/rpc";
import { providerKeyPlace, sealFor } from "#platform/secrets";
import { signRunToken } from "#platform/tokens";
import { testEnv } from "../../../shared/testing/world.ts";
import { llmApp } from "../app.ts";
import { type GatewayDeps, gatewayWorld } from "../deps.ts";

export { testEnv };
export const KEY = "sk-test-very-secret-key-123456";
const realOf = gatewayWorld.of;

/** What the gateway reaches in a test, and what it did there. */
export interface World {
  principal: RunPrincipal;
  recorded: UsageCall[];
  sent: { url: string; headers: Headers; body: Record<string, unknown> }[];
  slept: number[];
  /** What providers answer, the next first; a connection is refused where none is left. */
  answers: ((init: RequestInit) => Response | Promise<Response>)[];
  limits: Partial<GatewayDeps>;
}

const PRICE = { inputMicroUsd: 1_000_000, outputMicroUsd: 2_000_000, cachedMicroUsd: 100_000 };

/** Providers of the test's org by slug; each has the model `big`. */
export const PROVIDERS: Record<string, { kind: ProviderKind; baseUrl: string | null }> = {
  fake: { kind: "openai", baseUrl: "https://fake.example.com/v1/" },
  claude: { kind: "anthropic", baseUrl: null },
  gemini: { kind: "google", baseUrl: null },
  oldgoogle: { kind: "google", baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai" },
  router: { kind: "openrouter", baseUrl: null },
  cloudflare: { kind: "workers_ai", baseUrl: "https://api.cloudflare.com/client/v4/accounts/a/ai/v1" },
  local: { kind: "openai_compatible", baseUrl: "https://local.example.com/v1" },
};

/** A world with an org of its own that has the named providers. */
export async function openWorld(...slugs: string[]): Promise<World> {
  const principal: RunPrincipal = {
    kind: "run",
    orgId: newId("org"),
    conversationId: newId("conversation"),
    runId: newId("run"),
  };
  const world: World = { principal, recorded: [], sent: [], slept: [], answers: [], limits: {} };
  vi.spyOn(gatewayWorld, "of").mockImplementation((one) => ({ ...realOf(one), ...depsOf(world), ...world.limits }));
  await testEnv.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?1, ?2, 'Org', 0)")
    .bind(principal.orgId, principal.orgId.slice(-12))
    .run();
  for (const slug of slugs) await addProvider(principal, slug);
  return world;
}

function depsOf(world: World): Partial<GatewayDeps> {
  return {
    async fetch(input, init) {
      const body = init?.body ? JSON.parse(String(init.body)) : {};
      world.sent.push({ url: String(input), headers: new Headers(init?.headers), body });
      const next = world.answers.shift();
      if (!next) throw new TypeError("connection refused");
      return next(init ?? {});
    },
    sleep: async (ms) => void world.slept.push(ms),
    recordUsage: async (_principal, call) => {
      world.recorded.push(call);
      return { ok: true, value: null };
    },
    demoPaceMs: 0,
  };
}

async function addProvider(principal: RunPrincipal, slug: string): Promise<void> {
  const id = newId("provider");
  await insertProvider(forTenant(testEnv, principal), {
    id,
    kind: PROVIDERS[slug]?.kind ?? "openai",
    name: "Fake AI",
    slug,
    baseUrl: PROVIDERS[slug]?.baseUrl ?? null,
    models: JSON.stringify([{ name: "big", contextTokens: null, price: PRICE }]),
    enabled: true,
    keySealed: await sealFor(testEnv, providerKeyPlace(principal.orgId, id), KEY),
    keyLastFour: "3456",
    keyUpdatedAt: 0,
    rev: 1,
    createdAt: 0,
  });
}

/** A run token of the world's run. */
export const tokenOf = (world: World) => signRunToken(testEnv, world.principal);

/** The gateway's answer to a request, as its host gives it. */
export async function ask(path: string, init: RequestInit, one: Env = testEnv): Promise<Response> {
  return llmApp.fetch(new Request(`http://llm.localhost:8787${path}`, init), one, createExecutionContext());
}

/** Posts a body with the world's token. */
export async function post(world: World, path: string, body: object): Promise<Response> {
  const authorization = `Bearer ${await tokenOf(world)}`;
  return ask(path, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

/** A stream of the given chunks, each sent as it is; an error among them ends it. */
export function sse(...chunks: (string | Error)[]): Response {
  const queue = [...chunks];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = queue.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(new TextEncoder().encode(next));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** Events of a stream as the lines that are sent: with their type as their name where they have one. */
export function events(...data: object[]): string[] {
  return data.map((one) => {
    const name = "type" in one ? `event: ${one.type}\n` : "";
    return `${name}data: ${JSON.stringify(one)}\n\n`;
  });
}

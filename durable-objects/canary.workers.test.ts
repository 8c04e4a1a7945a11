import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { openFor, systemPlace } from "#platform/secrets";
import { signClaims } from "#platform/signing-keys";
import { everythingStored, tablesOf } from "../workers/shared/testing/everything-stored.ts";
import { testEnv, type World } from "../workers/shared/testing/world.ts";
import { makeRig, taken } from "./testing/rig.ts";

const { MODEL_SERVER_URL } = env as unknown as { MODEL_SERVER_URL: string };
const CANARY = "canary-4f1d9c2e7ab35806";

interface Planted {
  world: World;
  /** Bodies of all answers. */
  answers: string[];
}

/** Columns that hold what must not be read, though their names do not say so. */
const OTHERS = ["idempotency.answer"];

/** Puts a secret into each column that holds one, and gives back how it can be known again. */
const PLANTS: Record<string, (to: Planted) => Promise<string>> = {
  async "providers.key_sealed"({ world, answers }) {
    const apiKey = `sk-${CANARY}-provider`;
    const provider = { kind: "openai_compatible", baseUrl: `${MODEL_SERVER_URL}/telltale/v1`, models: [{ name: "m" }] };
    const made = await world.json<{ id: string }>("POST", "/api/providers", {
      ...provider,
      name: "p",
      slug: "p",
      apiKey,
    });
    const { id } = made.body;
    answers.push(JSON.stringify(made));
    const requests: [string, string, unknown?][] = [
      ["GET", "/api/providers"],
      ["GET", `/api/providers/${id}`],
      ["POST", `/api/providers/${id}/check`, {}],
      ["PATCH", `/api/providers/${id}`, { apiKey, baseUrl: "not a url" }],
      ["PATCH", `/api/providers/${id}`, { apiKey, name: "q" }],
      ["POST", "/api/providers", { ...provider, name: "p", slug: "q", apiKey }],
      ["POST", "/api/providers", { ...provider, name: "p", slug: "q", apiKey }],
      ["POST", "/api/providers/check", { ...provider, apiKey }],
      ["GET", "/api/models"],
    ];
    for (const request of requests) answers.push(JSON.stringify(await world.json(...request)));
    return apiKey;
  },
  async "idempotency.answer"({ world }) {
    const headers = { "content-type": "application/json", "idempotency-key": "once" };
    const body = JSON.stringify({ name: "key", scopes: ["read", "write", "runs"] });
    const make = async () =>
      (await world.fetch("/api/api-keys", { method: "POST", headers, body })).json<{ token: string }>();
    const { token } = await make();
    expect((await make()).token).toBe(token);
    const authorization = `Bearer ${token}`;
    expect((await world.fetch("/api/conversations", { headers: { authorization } })).status).toBe(200);
    return token;
  },
  async "identity_providers.secret_sealed"({ world, answers }) {
    const clientSecret = `${CANARY}-identity-provider`;
    const provider = { name: "p", issuer: `${MODEL_SERVER_URL}/telltale`, clientId: "client", clientSecret };
    const made = await world.json<{ id: string }>("POST", "/api/identity-providers", provider);
    const path = `/api/identity-providers/${made.body.id}`;
    const requests: [string, string, unknown?][] = [
      ["GET", "/api/identity-providers"],
      ["GET", path],
      ["PATCH", path, { clientSecret, name: "" }],
      ["PATCH", path, { clientSecret, name: "q" }],
      ["POST", "/api/identity-providers", provider],
    ];
    expect(made.status).toBe(201);
    for (const request of requests) answers.push(JSON.stringify(await world.json(...request)));
    return clientSecret;
  },
  async "signing_keys.private_sealed"() {
    await signClaims(testEnv, "auth", { claims: {}, now: Date.now() });
    const row = await testEnv.DB.prepare("SELECT kid, private_sealed AS sealed FROM signing_keys").first<{
      kid: string;
      sealed: string;
    }>();
    if (!row) throw new Error("there is no signing key");
    const place = systemPlace("signing_keys", row.kid, "private_sealed");
    return (JSON.parse(await openFor(testEnv, place, row.sealed)) as { d: string }).d;
  },
};

async function sealedColumns(): Promise<string[]> {
  const tables = await tablesOf(testEnv.DB);
  const columns = await testEnv.DB.batch<{ name: string }>(
    tables.map((table) => testEnv.DB.prepare(`PRAGMA table_info("${table}")`)),
  );
  return columns.flatMap(({ results }, at) =>
    results.filter(({ name }) => name.endsWith("_sealed")).map(({ name }) => `${tables[at]}.${name}`),
  );
}

/** Every line that is written while `work` runs. */
async function logged(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const take = (...parts: unknown[]) => void lines.push(parts.map(String).join(" "));
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(take),
  );
  const before = testEnv.LOG_LEVEL;
  Object.assign(testEnv, { LOG_LEVEL: "debug" });
  await work().finally(() => {
    Object.assign(testEnv, { LOG_LEVEL: before });
    for (const spy of spies) spy.mockRestore();
  });
  return lines;
}

describe("secrets", () => {
  it("are planted in each column that is sealed", async () => {
    expect([...(await sealedColumns()), ...OTHERS].sort()).toEqual(Object.keys(PLANTS).sort());
  });

  it("are nowhere to be found: not in logs, answers, events, rows, objects or files", async () => {
    const rig = await makeRig();
    const answers: string[] = [];
    const secrets: string[] = [];
    const lines = await logged(async () => {
      for (const plant of Object.values(PLANTS)) secrets.push(await plant({ world: rig.world, answers }));
      taken(await rig.command(rig.ada, { type: "conversation.configure", model: "p/m" }));
      const { runId } = await rig.say("Use the key.");
      const after = await rig.until(
        (now) => now.runs.some((run) => run.id === runId && run.finishedAt !== null),
        "the end",
      );
      expect(after.runs[0]?.problem).toMatchObject({ detail: expect.stringContaining("Incorrect API key") });
      await rig.shell("env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'").then((text) => answers.push(text));
      for (const path of ["", "/events", "/export", `/runs/${runId}`, `/runs/${runId}/recording`])
        answers.push(await (await rig.world.fetch(`/api/conversations/${rig.id}${path}`)).text());
      const search = () => rig.world.json<{ items: unknown[] }>("GET", "/api/search?q=key");
      await vi.waitFor(async () => expect((await search()).body.items).not.toEqual([]), 5_000);
      answers.push(await (await rig.world.fetch("/api/audit")).text());
    });
    const places = new Map([
      ...(await everythingStored(testEnv)),
      ["the log", lines.join("\n")],
      ["answers", answers.join("\n")],
    ]);
    expect(lines.filter((line) => line.includes('"event"')).length).toBeGreaterThan(5);
    expect(
      [...places.keys()].filter((place) => /^(?:D1|CONVERSATION|AGENT_THREAD|SANDBOX|AUDIT_LOG)/.test(place)).length,
    ).toBeGreaterThan(25);
    expect(places.get("answers")).toContain("Incorrect API key");
    const holding = (text: string) => [...places].filter(([, held]) => held.includes(text)).map(([place]) => place);
    expect(holding("Use the key.").join()).toMatch(/D1 search_entries.*CONVERSATION.*AGENT_THREAD.*answers/);
    for (const secret of [...secrets, CANARY])
      for (const shown of [secret, btoa(secret).replaceAll("=", ""), encodeURIComponent(secret)])
        expect(holding(shown)).toEqual([]);
  });
});

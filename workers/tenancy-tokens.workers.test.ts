import { createExecutionContext } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { Env } from "#platform/env";
import { answerError, frontDoor } from "#platform/front-door";
import { newId } from "#platform/new-id";
import type { AppEnv } from "#platform/route";
import { sessionCookie, startSession } from "#platform/sessions";
import { signRunToken, signSandboxToken } from "#platform/tokens";
import { apiApp, routes } from "./api/app.ts";
import { initFor, type Owned, ownedBy, pathFor } from "./shared/testing/owned.ts";
import { rowsOf } from "./shared/testing/tenants.ts";
import { makeWorld, testEnv, type World } from "./shared/testing/world.ts";

const app = new Hono<AppEnv>();
app.onError(answerError);
app.use("/api/*", frontDoor());
app.route("/", apiApp);

interface Host {
  world: World;
  owned: Owned;
  env: Env;
}
const hostOf = async (world: World, env: Env = testEnv): Promise<Host> => ({ world, env, owned: await ownedBy(world) });
const TABLES = ["members", "spaces", "space_members", "invitations", "api_keys", "providers", "repositories", "files"];

function ask({ world, env }: Host, path: string, init: RequestInit): Promise<Response> {
  const request = new Request(`http://${world.slug}.localhost:8787${path}`, init);
  return Promise.resolve(app.fetch(request, env, createExecutionContext()));
}

/** The routes that answer a request that shows this, and asks for the host's own things, with anything but `unauthenticated`. */
async function opened(host: Host, shown: Record<string, string>): Promise<unknown[]> {
  const before = await rowsOf(testEnv.DB, host.world.orgId);
  const answers: [string, number][] = [];
  for (const route of routes) {
    const init = initFor(route, host.world);
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...shown };
    const response = await ask(host, pathFor(route.path, host.owned), { ...init, headers });
    await response.body?.cancel();
    answers.push([`${route.method} ${route.path}`, response.status]);
  }
  const after = await rowsOf(testEnv.DB, host.world.orgId);
  for (const table of TABLES) expect({ table, rows: after[table] }).toEqual({ table, rows: before[table] });
  return answers.filter(([, status]) => status !== 401);
}

async function accountIn(...worlds: World[]): Promise<string> {
  const id = newId("account");
  await testEnv.DB.prepare(
    "INSERT INTO accounts (id, email, name, status, created_at) VALUES (?1, ?1, 'Ada', 'active', 0)",
  )
    .bind(id)
    .run();
  for (const { orgId, principal } of worlds) {
    const link = testEnv.DB.prepare("UPDATE members SET account_id = ? WHERE org_id = ? AND id = ?");
    await link.bind(id, orgId, principal.memberId).run();
  }
  return id;
}

describe("what was made for one org, on the host of another", () => {
  it("an API key opens nothing, though it opens its own org", async () => {
    const [mine, theirs] = [await hostOf(await makeWorld()), await makeWorld()];
    const body = { name: "all", scopes: ["read", "write", "runs", "admin"] };
    const made = await theirs.json<{ token: string }>("POST", "/api/api-keys", body);
    const shown = { authorization: `Bearer ${made.body.token}` };
    expect((await theirs.fetch("/api/conversations", { headers: shown })).status).toBe(200);
    expect(await opened(mine, shown)).toEqual([]);
  });

  it("neither does one that only says it is of this org, nor a token of a run or a sandbox, even of this org", async () => {
    const [mine, theirs] = [await hostOf(await makeWorld()), await makeWorld()];
    const { orgId } = mine.world;
    const made = await theirs.json<{ token: string }>("POST", "/api/api-keys", { name: "k", scopes: ["read"] });
    const renamed = made.body.token.replace(theirs.orgId.slice(4), orgId.slice(4));
    expect(renamed).not.toBe(made.body.token);
    const run = { kind: "run", orgId, conversationId: mine.owned.conversation, runId: newId("run") } as const;
    const sandbox = { ...run, kind: "sandbox", sandboxId: newId("sandbox"), repositoryId: null } as const;
    for (const token of [renamed, await signRunToken(testEnv, run), await signSandboxToken(testEnv, sandbox)])
      expect(await opened(mine, { authorization: `Bearer ${token}` })).toEqual([]);
  });

  it("a browser's session opens nothing, not even of somebody who is in both", async () => {
    const env = { ...testEnv, AUTH_MODE: "LOCAL" };
    const [mine, theirs] = [await hostOf(await makeWorld(), env), await makeWorld()];
    const accountId = await accountIn(mine.world, theirs);
    const cookieFor = async (hostOrgId: string | null) => {
      const { token } = await startSession(env, new Request("http://x"), { accountId, hostOrgId, parentId: null });
      return { cookie: sessionCookie(env, token).split(";")[0] ?? "" };
    };
    const own = await ask(mine, "/api/conversations", { headers: await cookieFor(mine.world.orgId) });
    expect(own.status).toBe(200);
    expect(await opened(mine, await cookieFor(theirs.orgId))).toEqual([]);
    expect(await opened(mine, await cookieFor(null))).toEqual([]);
  });
});

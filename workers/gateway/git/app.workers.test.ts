import { createExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { insertRepository } from "#data/repositories";
import { orgs } from "#data/tables/orgs";
import { forTenant, SystemDb } from "#data/tenant-db";
import { newId } from "#platform/new-id";
import { signRunToken, signSandboxToken } from "#platform/tokens";
import { testEnv } from "../../shared/testing/world.ts";
import { gitApp } from "./app.ts";

const orgId = newId("org");
const otherOrgId = newId("org");
const repositoryId = newId("repository");

function ask(token: string, id = repositoryId) {
  const request = new Request(`http://git.localhost:8787/${id}.git/info/refs?service=git-upload-pack`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return gitApp.fetch(request, testEnv, createExecutionContext());
}

function tokenOf(org: string, repository: string | null) {
  const ids = { conversationId: newId("conversation"), sandboxId: newId("sandbox") };
  return signSandboxToken(testEnv, { kind: "sandbox", orgId: org, ...ids, repositoryId: repository });
}

describe("git gateway in the worker", () => {
  beforeAll(async () => {
    for (const id of [orgId, otherOrgId]) {
      await new SystemDb(testEnv).raw
        .insert(orgs)
        .values({ id, slug: id.slice(-20), name: id, createdAt: 0 })
        .run();
    }
    await insertRepository(forTenant(testEnv, { orgId }), {
      id: repositoryId,
      name: "pocket-links",
      cloneUrl: "quayside-demo:pocket-links",
      defaultBranch: "main",
      allowedHosts: "[]",
      createdAt: 0,
    });
  });

  test("a sandbox's token opens its repository", async () => {
    const response = await ask(await tokenOf(orgId, repositoryId));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-git-upload-pack-advertisement");
    expect(await response.text()).toContain("refs/heads/main");
  });

  test("another org's token for the same id, another repository's and none at all find nothing", async () => {
    expect((await ask(await tokenOf(otherOrgId, repositoryId))).status).toBe(404);
    expect((await ask(await tokenOf(orgId, newId("repository")))).status).toBe(404);
    expect((await ask(await tokenOf(orgId, null))).status).toBe(404);
  });

  test("a run's token and a forged one open nothing", async () => {
    const runToken = await signRunToken(testEnv, {
      kind: "run",
      orgId,
      conversationId: newId("conversation"),
      runId: newId("run"),
    });
    expect((await ask(runToken)).status).toBe(401);
    const [head, , signature] = (await tokenOf(otherOrgId, repositoryId)).split(".");
    const [, payload] = (await tokenOf(orgId, repositoryId)).split(".");
    expect((await ask([head, payload, signature].join("."))).status).toBe(401);
  });
});

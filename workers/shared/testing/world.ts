import { env, exports } from "cloudflare:workers";
import type { Env } from "#platform/env";
import { memberPrincipal } from "#platform/member-principal";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";

export const testEnv = env as unknown as Env;

/** An org of its own with an owner, an agent and a repository: a test names nothing that another test touches. */
export interface World {
  orgId: string;
  slug: string;
  principal: MemberPrincipal;
  agent: { id: string; memberId: string; name: string };
  repositoryId: string;
  /** A request to this org's host. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A JSON request; the answer's body is parsed. */
  json<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
}

let worlds = 0;

export async function makeWorld(): Promise<World> {
  worlds += 1;
  const slug = `org${worlds}-${crypto.randomUUID().slice(0, 8)}`;
  const orgId = newId("org");
  const owner = newId("member");
  const agent = { id: newId("agent"), memberId: newId("member"), name: "Quay" };
  const repositoryId = newId("repository");
  const member =
    "INSERT INTO members (org_id, id, kind, name, role, agent_id, created_at) VALUES (?, ?, ?, ?, ?, ?, 0)";
  await testEnv.DB.batch([
    testEnv.DB.prepare("INSERT INTO orgs (id, slug, name, created_at) VALUES (?, ?, ?, 0)").bind(orgId, slug, slug),
    testEnv.DB.prepare(member).bind(orgId, owner, "human", "Ada", "owner", null),
    testEnv.DB.prepare(member).bind(orgId, agent.memberId, "agent", agent.name, "member", agent.id),
    testEnv.DB.prepare(
      "INSERT INTO repositories (org_id, id, name, clone_url, default_branch, created_at) VALUES (?, ?, 'demo', 'quayside-demo:demo', 'main', 0)",
    ).bind(orgId, repositoryId),
  ]);
  const fetch = (path: string, init?: RequestInit) =>
    (exports as unknown as { default: Fetcher }).default.fetch(`http://${slug}.localhost:8787${path}`, init);
  return {
    orgId,
    slug,
    agent,
    repositoryId,
    principal: memberPrincipal({ orgId, memberId: owner, name: "Ada", role: "owner" }),
    fetch,
    async json<T>(method: string, path: string, body?: unknown) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T };
    },
  };
}

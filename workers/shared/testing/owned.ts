import type { IdNoun } from "#contract/ids";
import { newId } from "#platform/new-id";
import type { AnyRoute } from "#platform/route";
import { sampleBody } from "./sample.ts";
import type { World } from "./world.ts";

/** Bodies that would leave a mark, where the simplest one would not. */
const BODIES: Record<string, unknown> = {
  "post /conversations": { repositoryId: "repository", executor: "noop" },
  "patch /conversations/:id": { title: "stolen" },
  "post /conversations/:id/messages": { clientId: "x", content: "stolen" },
  "patch /conversations/:id/messages/:messageId": { content: "stolen" },
  "post /conversations/:id/commit": { message: "stolen" },
  "patch /providers/:id": { name: "stolen" },
  "post /members": { email: "new@example.com", name: "New", spaces: [{ spaceId: newId("space"), role: "member" }] },
  "post /invitations": { email: "new@example.com", spaces: [{ spaceId: newId("space"), role: "member" }] },
  "patch /members/:id": { name: "stolen" },
  "patch /spaces/:id": { name: "stolen" },
  "patch /identity-providers/:id": { name: "stolen" },
  "patch /repositories/:id": { allowedHosts: ["stolen.example"] },
  "patch /conversations/:id/budget": { ownLimitMicroUsd: 1 },
};
/** Queries a route needs to be valid. */
const QUERY = "path=README.md";

/** What an org has: ids by the parameter that takes them, or for `:id` by the collection in the path. */
export interface Owned {
  conversation: string;
  values: Record<string, string>;
}

/** Fills an org with one of everything that has an id. */
export async function ownedBy(world: World): Promise<Owned> {
  const made = async (path: string, body: unknown) => (await world.json<{ id: string }>("POST", path, body)).body;
  const { id } = await made("/api/conversations", { executor: "noop", repositoryId: world.repositoryId });
  const posted = await world.json<{ messageId: string; runId: string }>("POST", `/api/conversations/${id}/messages`, {
    clientId: "a",
    content: "secret",
  });
  const file = await world.fetch("/api/files", { method: "POST", body: "secret", headers: { "x-file-name": "a.txt" } });
  const provider = { kind: "openai_compatible", name: "p", slug: "p", baseUrl: "http://127.0.0.1:9/v1" };
  const idp = { name: "idp", issuer: "http://127.0.0.1:9", clientId: "client" };
  const member = (await made("/api/members", { email: `${world.slug}@example.com`, name: "Bea" })) as unknown;
  const invited = (await made("/api/invitations", { email: `i-${world.slug}@example.com` })) as unknown;
  const key = (await made("/api/api-keys", { name: "key", scopes: ["read"] })) as unknown;
  const credential = (await made("/api/credentials", { memberId: world.agent.memberId })) as unknown;
  const memberId = (member as { member: { id: string } }).member.id;
  return {
    conversation: id,
    values: {
      conversations: id,
      repositories: world.repositoryId,
      files: (await file.json<{ id: string }>()).id,
      providers: (await made("/api/providers", provider)).id,
      members: memberId,
      memberId,
      spaces: (await made("/api/spaces", { name: "Space" })).id,
      invitations: (invited as { invitation: { id: string } }).invitation.id,
      "api-keys": (key as { key: { id: string } }).key.id,
      credentials: (credential as { credential: { id: string } }).credential.id,
      "identity-providers": (await made("/api/identity-providers", idp)).id,
      account: newId("session"),
      messageId: posted.body.messageId,
      runId: posted.body.runId,
      approvalId: newId("approval"),
      questionId: newId("question"),
      itemId: newId("item"),
      execId: "exe_00000000000000000000000000000001",
    },
  };
}

/** Something of this kind that the org has, or an id that it could have. */
export function idOf({ values }: Owned, noun: IdNoun): string {
  const collection = noun === "repository" ? "repositories" : `${noun}s`;
  return values[collection] ?? values[`${noun}Id`] ?? newId(noun);
}

/** The path of a route with ids of an org; those of `inner` where they name something within the first. */
export function pathFor(path: string, owned: Owned, inner = owned): string {
  const collection = path.split("/")[1] ?? "";
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = name === "id" ? owned.values[collection] : inner.values[name];
    if (!value) throw new Error(`no value for :${name} of ${path}: add one to ownedBy`);
    return value;
  });
  return `/api${filled}?${QUERY}`;
}

/** A request to a route that is valid in every way, so that nothing but the tenant can be what is refused. */
export function initFor(route: AnyRoute, world: World): RequestInit {
  const key = `${route.method} ${route.path}`;
  const method = route.method.toUpperCase();
  if (key.endsWith("/terminal")) return { method, headers: { upgrade: "websocket" } };
  const body = BODIES[key] ?? sampleBody(route);
  if (body === undefined) return { method };
  if (typeof body === "string") return { method, body };
  const text = JSON.stringify(body).replaceAll('"repository"', JSON.stringify(world.repositoryId));
  return { method, body: text, headers: { "content-type": "application/json" } };
}

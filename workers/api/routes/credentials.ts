import { z } from "zod";
import { type Credential, credential, credentialCreate, credentialCreated } from "#contract/credential";
import { credentialId, memberId } from "#contract/ids";
import {
  type CredentialRow,
  findCredential,
  insertCredential,
  listCredentials,
  revokeCredential,
} from "#data/credentials";
import { findMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import { allow } from "#platform/policy";
import { ProblemError } from "#platform/problem-response";
import { randomToken, sha256Hex } from "#platform/random-token";
import { closeMemberSockets } from "#platform/revocation";
import { type AnyRoute, defineRoute } from "#platform/route";
import { refuseReach } from "./members.ts";

const tag = "Credentials";

const list = defineRoute({
  method: "get",
  path: "/credentials",
  summary: "What agents show to get tokens at the token endpoint; with memberId those of one agent",
  tag,
  policy: allow("keys.manage"),
  query: z.object({ memberId: memberId.optional() }),
  response: z.object({ items: z.array(credential), nextCursor: z.null() }),
  problems: ["unauthenticated", "forbidden"],
  async handle({ env, principal, query }) {
    const rows = await listCredentials(forTenant(env, principal), { subject: "agent", subjectId: query.memberId });
    return { items: rows.map(told), nextCursor: null };
  },
});

const create = defineRoute({
  method: "post",
  path: "/credentials",
  summary: "Make a credential of an agent: a secret, which is told once, or a public key of its own",
  tag,
  policy: allow("keys.manage"),
  audit: { action: "credential.create", target: ({ body }) => body.memberId },
  body: credentialCreate,
  response: credentialCreated,
  status: 201,
  problems: ["invalid", "unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, body }) {
    const db = forTenant(env, principal);
    const agent = await findMember(db, body.memberId);
    if (agent?.kind !== "agent" || agent.state === "removed")
      throw new ProblemError({ code: "not_found", detail: "There is no such agent." });
    refuseReach(principal, agent.role, "memberId");
    const clientSecret = body.publicJwk === null ? `qss_${randomToken()}` : null;
    const row = {
      ...{ id: newId("credential"), subject: "agent" as const, subjectId: agent.id },
      secretHash: clientSecret === null ? null : await sha256Hex(clientSecret),
      publicJwk: body.publicJwk === null ? null : JSON.stringify(body.publicJwk),
      ...{ createdBy: principal.memberId, createdAt: Date.now() },
    };
    await insertCredential(db, row);
    return {
      credential: told({ ...row, orgId: principal.orgId, lastUsedAt: null, revokedAt: null }),
      clientSecret,
    };
  },
});

const revoke = defineRoute({
  method: "delete",
  path: "/credentials/:id",
  summary: "Revoke a credential; tokens that were got with it end at once",
  tag,
  policy: allow("keys.manage"),
  audit: "credential.revoke",
  params: z.object({ id: credentialId }),
  status: 204,
  problems: ["unauthenticated", "forbidden", "not_found"],
  async handle({ env, principal, params: { id } }) {
    const db = forTenant(env, principal);
    const known = await findCredential(db, id);
    if (!known || !(await revokeCredential(db, id, Date.now())))
      throw new ProblemError({ code: "not_found", detail: "There is no such credential." });
    await closeMemberSockets(env, db.orgId, { memberId: known.subjectId });
  },
});

export const credentialRoutes: AnyRoute[] = [list, create, revoke];

function told({ orgId, id, subjectId, publicJwk, createdBy, createdAt, lastUsedAt }: CredentialRow): Credential {
  return {
    ...{ id, clientId: `${orgId}.${id}`, memberId: subjectId, kind: publicJwk === null ? "secret" : "key", createdBy },
    createdAt: isoTime(createdAt),
    lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt),
  };
}

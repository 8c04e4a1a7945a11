import { beforeAll, describe, expect, it } from "vitest";
import { findAccount, insertAccount, updateAccount } from "#data/accounts";
import { findOrg, type OrgRow, updateOrg } from "#data/orgs";
import { makeWorld, testEnv } from "../testing/world.ts";
import { accountOf } from "./identities.ts";
import { joinOrg } from "./membership.ts";
import { newId } from "./new-id.ts";

let org: OrgRow;
beforeAll(async () => {
  const { orgId } = await makeWorld();
  await updateOrg({ env: testEnv, orgId }, { linkByEmail: true, signUp: "open" });
  org = (await findOrg(testEnv, orgId)) as OrgRow;
});

function arrive(name: string, more: { subject?: string } = {}) {
  const identity = {
    ...{
      providerId: "sso",
      issuer: "https://sso.example",
      subject: more.subject ?? name,
      name,
      groups: [],
      idToken: null,
    },
    ...{ email: `${name}@example.com`, emailVerified: true },
  };
  return accountOf(testEnv, { identity, org, providerOrgId: null, role: null });
}

/** A member of the org with a password, whose address nobody has shown to be theirs. */
async function registered(name: string, status: "pending" | "suspended") {
  const id = newId("account");
  const row = { id, email: `${name}@example.com`, name, passwordDigest: "digest", status, createdAt: 0 };
  await insertAccount(testEnv, row);
  const account = await findAccount(testEnv, id);
  if (!account) throw new Error("no account");
  await joinOrg(testEnv, org.id, { account, entry: { role: "member", state: "active", grants: [] } });
  return id;
}

describe("accounts of identities", () => {
  it("are one, however many requests of a person come first", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => arrive("ada")));
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(answers.map((one) => one.ok && one.value.id)).size).toBe(1);
  });

  it("are not shared by two identities with one address that come at once, unless their orgs link them", async () => {
    const answers = await Promise.all([arrive("eva", { subject: "one" }), arrive("eva", { subject: "two" })]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ problem: { reason: "link_refused" } });
  });

  it("stay suspended, also where a provider vouches for the address at last", async () => {
    const id = await registered("sus", "suspended");
    expect(await arrive("sus")).toMatchObject({ ok: false, problem: { reason: "account_suspended" } });
    expect(await findAccount(testEnv, id)).toMatchObject({ status: "suspended" });
    await updateAccount(testEnv, id, { status: "active" });
    expect(await arrive("sus")).toMatchObject({ ok: true, value: { id } });
  });

  it("lose the password of whoever registered the address before it was shown to be somebody's", async () => {
    const id = await registered("own", "pending");
    expect(await arrive("own")).toMatchObject({ ok: true, value: { id, status: "active", passwordDigest: null } });
  });
});

import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Command } from "#contract/command";
import type { OrgRole } from "#contract/member";
import { listConversations } from "#data/conversations";
import { fileAccess } from "#data/files";
import { insertMember } from "#data/members";
import { search } from "#data/search";
import { forTenant } from "#data/tenant-db";
import { memberPrincipal } from "#platform/member-principal";
import { newId } from "#platform/new-id";
import type { MemberPrincipal } from "#platform/principal";
import { conversationStub } from "#platform/stubs";
import { makeWorld, testEnv, type World } from "../../workers/shared/testing/world.ts";
import type { Conversation } from "./conversation-do.ts";

const SPACE = newId("space");

async function begin(world: World, spaceId: string | null): Promise<string> {
  const id = newId("conversation");
  const made = await conversationStub(testEnv, world.orgId, id).create(world.principal, {
    id,
    kind: "coding",
    title: "Herring",
    repository: null,
    settings: { executor: "noop", model: "demo/scripted", autonomy: "auto_safe" },
    agent: world.agent,
    spaceId,
    at: Date.now(),
  });
  expect(made).toMatchObject({ ok: true });
  return id;
}

/** A member of the org with a row, as a request of theirs arrives. */
async function somebody(world: World, role: OrgRole, known: Partial<MemberPrincipal> = {}): Promise<MemberPrincipal> {
  const principal = memberPrincipal({ orgId: world.orgId, memberId: newId("member"), name: "Bo", role, ...known });
  const row = { id: principal.memberId, kind: "human", name: "Bo", role, agentId: null, createdAt: 0 } as const;
  await insertMember(forTenant(testEnv, world), { ...row, accountId: null, email: null, state: "active" });
  return principal;
}

const give = (by: MemberPrincipal, id: string, command: Partial<Command> & { type: Command["type"] }) =>
  conversationStub(testEnv, by.orgId, id).command(by, { clientId: newId("request"), ...command } as Command);
const post = (by: MemberPrincipal, id: string, content = "hello") =>
  give(by, id, { type: "message.post", content, mode: "auto", attachments: [] });
const codeOf = (result: { ok: boolean; problem?: { code: string } }) => (result.ok ? "ok" : result.problem?.code);

/** What a member gets from a conversation: to read it, to write in it, to rename it. */
async function reach(by: MemberPrincipal, id: string): Promise<(string | undefined)[]> {
  const head = await conversationStub(testEnv, by.orgId, id).head(by);
  const posted = await post(by, id);
  const renamed = await give(by, id, { type: "conversation.rename", title: "Herring" });
  return [head, posted, renamed].map(codeOf);
}

async function socketOf(by: MemberPrincipal, id: string): Promise<{ closed: () => number | null }> {
  const headers = { upgrade: "websocket", "x-quayside-principal": JSON.stringify(by) };
  const { webSocket } = await conversationStub(testEnv, by.orgId, id).fetch("http://conversation/socket", { headers });
  let code: number | null = null;
  webSocket?.addEventListener("close", (event) => {
    code = event.code;
  });
  webSocket?.accept();
  return { closed: () => code };
}

const soon = <T>(read: () => T, wanted: T) => expect.poll(read, { timeout: 3_000 }).toBe(wanted);

describe("people in a conversation", () => {
  it("CV80 space, role and taking part decide together who reads, writes and changes", async () => {
    const world = await makeWorld();
    const [open, inSpace] = [await begin(world, null), await begin(world, SPACE)];
    const of = (role: "viewer" | "member") => somebody(world, "member", { spaces: { [SPACE]: role } });
    expect(await reach(await somebody(world, "member"), open)).toEqual(["ok", "ok", "ok"]);
    expect(await reach(await somebody(world, "guest"), open)).toEqual(["not_found", "not_found", "not_found"]);
    expect(await reach(await somebody(world, "admin"), inSpace)).toEqual(["not_found", "not_found", "not_found"]);
    expect(await reach(await of("viewer"), inSpace)).toEqual(["ok", "forbidden", "forbidden"]);
    expect(await reach(await of("member"), inSpace)).toEqual(["ok", "ok", "ok"]);
    const guest = await somebody(world, "guest");
    expect(codeOf(await give(world.principal, inSpace, { type: "participant.add", memberId: guest.memberId }))).toBe(
      "ok",
    );
    expect(await reach(guest, inSpace)).toEqual(["ok", "ok", "forbidden"]);
  });

  it("CV81 adds active members once, takes people out with their sockets, and keeps the agents", async () => {
    const world = await makeWorld();
    const id = await begin(world, null);
    const stub = conversationStub(testEnv, world.orgId, id);
    const [guest, gone] = [await somebody(world, "guest"), newId("member")];
    const add = (memberId: string) => give(world.principal, id, { type: "participant.add", memberId });
    expect(await add(gone)).toMatchObject({
      ok: false,
      problem: { code: "not_found", fields: [{ field: "memberId" }] },
    });
    await add(guest.memberId);
    await add(guest.memberId);
    const { events } = await stub
      .events(world.principal, { limit: 100 })
      .then((answer) => (answer.ok ? answer.value : { events: [] }));
    expect(events.filter((one) => one.event.type === "participant.joined")).toHaveLength(1);
    const socket = await socketOf(guest, id);
    const take = (by: MemberPrincipal, memberId: string) => give(by, id, { type: "participant.remove", memberId });
    expect(codeOf(await take(guest, world.principal.memberId))).toBe("forbidden");
    expect(codeOf(await take(world.principal, world.agent.memberId))).toBe("forbidden");
    expect(codeOf(await take(world.principal, guest.memberId))).toBe("ok");
    await soon(socket.closed, 4401);
    expect(await reach(guest, id)).toEqual(["not_found", "not_found", "not_found"]);
  });

  it("CV82 lists and finds for each what they may read", async () => {
    const world = await makeWorld();
    const db = forTenant(testEnv, world);
    const [open, inSpace] = [await begin(world, null), await begin(world, SPACE)];
    const guest = await somebody(world, "guest");
    const seen = async (by: MemberPrincipal) => {
      const { items } = await listConversations(db, by, { limit: 10, archived: false });
      const found = await search(db, by, { q: "herring", limit: 10 });
      expect(new Set(found.items.map((one) => one.conversationId))).toEqual(new Set(items.map((one) => one.id)));
      return items.map((one) => one.id).sort();
    };
    const outsider = { ...world.principal, memberId: newId("member") };
    await expect.poll(() => seen(world.principal), { timeout: 3_000 }).toEqual([open, inSpace].sort());
    expect(await seen(outsider)).toEqual([open]);
    expect(await seen({ ...outsider, spaces: { [SPACE]: "viewer" } })).toEqual([open, inSpace].sort());
    expect(await seen(guest)).toEqual([]);
    await give(world.principal, inSpace, { type: "participant.add", memberId: guest.memberId });
    await expect.poll(() => seen(guest), { timeout: 3_000 }).toEqual([inSpace]);
    await give(world.principal, inSpace, { type: "participant.remove", memberId: guest.memberId });
    await expect.poll(() => seen(guest), { timeout: 3_000 }).toEqual([]);
  });

  it("CV83 closes the sockets it is told to, and no others", async () => {
    const world = await makeWorld();
    const id = await begin(world, null);
    const other = await somebody(world, "member");
    const [first, second] = [newId("session"), newId("session")];
    const mine = await socketOf({ ...world.principal, sessionId: first }, id);
    const also = await socketOf({ ...world.principal, sessionId: second }, id);
    const theirs = await socketOf(other, id);
    const stub = conversationStub(testEnv, world.orgId, id);
    const { memberId } = world.principal;
    await stub.closeSockets(newId("org"), { memberId });
    await stub.closeSockets(world.orgId, { memberId, sessionId: first });
    await soon(mine.closed, 4401);
    expect([also.closed(), theirs.closed()]).toEqual([null, null]);
    await stub.closeSockets(world.orgId, { memberId });
    await soon(also.closed, 4401);
    expect(theirs.closed()).toBeNull();
  });

  it("CV83 does nothing that a closed socket still says, whose other end does not answer the close", async () => {
    const world = await makeWorld();
    const id = await begin(world, null);
    await socketOf(world.principal, id);
    const stub = conversationStub(testEnv, world.orgId, id);
    const before = await stub.head(world.principal);
    const command = { type: "message.post", clientId: "late", content: "Still here", mode: "auto", attachments: [] };
    await runInDurableObject(stub as unknown as DurableObjectStub<Conversation>, async (object, ctx) => {
      const [socket] = ctx.getWebSockets();
      if (!socket) throw new Error("there is no socket");
      const { memberId } = world.principal;
      await object.closeSockets(world.orgId, { memberId });
      await object.webSocketMessage(socket, JSON.stringify({ type: "command", id: "late", command }));
    });
    expect(await stub.head(world.principal)).toEqual(before);
  });

  it("CV84 takes one's own files as attachments, and shows them to who reads the conversation", async () => {
    const world = await makeWorld();
    const id = await begin(world, null);
    const upload = await world.fetch("/api/files", {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "x-file-name": "a.txt" },
      body: "text",
    });
    const { id: fileId } = await upload.json<{ id: string }>();
    const attach = (by: MemberPrincipal) =>
      give(by, id, { type: "message.post", content: "see", mode: "auto", attachments: [fileId] });
    expect(await attach(await somebody(world, "member"))).toMatchObject({
      ok: false,
      problem: { code: "not_found", fields: [{ field: "attachments" }] },
    });
    expect(await fileAccess(forTenant(testEnv, world), fileId)).toMatchObject({ usedIn: [] });
    expect(codeOf(await attach(world.principal))).toBe("ok");
    expect(await fileAccess(forTenant(testEnv, world), fileId)).toEqual({
      ownerId: world.principal.memberId,
      usedIn: [id],
    });
  });
});

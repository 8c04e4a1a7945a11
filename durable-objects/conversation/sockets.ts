import { z } from "zod";
import { clientFrame, PING, PONG } from "#contract/frame";
import type { Problem, Result } from "#contract/problem";
import type { MemberPrincipal, Principal } from "#platform/principal";
import { PROBLEM_FACES, problemResponse } from "#platform/problem-response";
import type { ConversationObject } from "./conversation.ts";
import { takeReports } from "./reports.ts";
import { memberPrincipal, Viewers } from "./viewers.ts";
import { snapshotOf } from "./window.ts";

const REPORT_TAG = "report";
const sinceQuery = z.coerce.number().int().nonnegative();
const servicePrincipal = z.object({ kind: z.literal("service"), orgId: z.string() });

/** Pings are answered by the runtime, so that a silent socket never wakes the object. */
export function answerPings(ctx: DurableObjectState): void {
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
}

/**
 * The upgrade of a viewer's socket (`/socket?since=`) or of a thread's report socket (`/report`). The principal comes in
 * `x-quayside-principal` from the Worker that verified it; nobody else can reach this object.
 */
export function upgrade(ctx: DurableObjectState, object: ConversationObject, request: Request): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return problemResponse({ code: "unsupported", detail: "Ask for a WebSocket upgrade here." });
  }
  const url = new URL(request.url);
  const claimed: unknown = JSON.parse(request.headers.get("x-quayside-principal") ?? "null");
  if (url.pathname === "/report") return acceptReporter(ctx, object, servicePrincipal.safeParse(claimed).data);
  return acceptViewer(object, memberPrincipal.safeParse(claimed).data, url.searchParams.get("since"));
}

function acceptReporter(
  ctx: DurableObjectState,
  object: ConversationObject,
  principal: Principal | undefined,
): Response {
  if (!principal || !object.admit(principal).ok)
    return problemResponse({ code: "not_found", detail: "Nothing is here." });
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server, [REPORT_TAG]);
  return new Response(null, { status: 101, webSocket: client });
}

/** Snapshot and registration happen without an await between them, so that no event falls between. */
function acceptViewer(
  object: ConversationObject,
  principal: MemberPrincipal | undefined,
  since: string | null,
): Response {
  const checked = checkViewer(object, principal, since);
  if (!checked.ok) return problemResponse(checked.problem);
  const { member, cursor } = checked.value;
  const { 0: client, 1: server } = new WebSocketPair();
  object.viewers.accept(server, { ...member, spaces: spacesHere(object, member), state: "viewing" });
  const catchUp = cursor !== null && !object.isBehind(cursor);
  object.viewers.send(server, {
    type: "hello",
    seq: object.store.state.seq,
    ...(catchUp ? {} : { snapshot: snapshotOf(object.store, object.live) }),
    live: object.live.all(),
    memberId: member.memberId,
  });
  if (catchUp) sendMissed(object, server, cursor);
  object.viewers.publishPresence();
  return new Response(null, { status: 101, webSocket: client });
}

/** A socket keeps little: of the spaces only the conversation's own. */
function spacesHere(object: ConversationObject, member: MemberPrincipal): MemberPrincipal["spaces"] {
  const id = object.store.state.head?.spaceId ?? "";
  const role = member.spaces[id];
  return role === undefined ? {} : { [id]: role };
}

const EVENTS_PER_FRAME = 200;

function sendMissed(object: ConversationObject, socket: WebSocket, since: number): void {
  for (let after = since; after < object.store.state.seq; ) {
    const events = object.store.events({ after, limit: EVENTS_PER_FRAME });
    if (events.length === 0) return;
    object.viewers.send(socket, { type: "events", events });
    after = events.at(-1)?.seq ?? object.store.state.seq;
  }
}

function checkViewer(
  object: ConversationObject,
  principal: MemberPrincipal | undefined,
  since: string | null,
): Result<{ member: MemberPrincipal; cursor: number | null }> {
  const admitted = principal ? object.admit(principal) : null;
  if (!principal || !admitted?.ok) {
    return { ok: false, problem: { code: "not_found", detail: "There is no such conversation." } };
  }
  const cursor = since === null ? null : sinceQuery.safeParse(since).data;
  if (cursor === undefined)
    return { ok: false, problem: { code: "invalid", detail: "since: must be a whole number." } };
  const late = cursor === null ? null : object.tooLate(cursor);
  if (late) return late;
  if (object.viewers.full) {
    const problem: Problem = { code: "limit_exceeded", detail: "Too many viewers at once.", limit: "2,000 sockets" };
    return { ok: false, problem };
  }
  return { ok: true, value: { member: principal, cursor } };
}

/** A frame of a viewer or of a thread. */
export async function receive(
  ctx: DurableObjectState,
  object: ConversationObject,
  message: { socket: WebSocket; data: string | ArrayBuffer },
): Promise<void> {
  const { socket } = message;
  const data = typeof message.data === "string" ? message.data : new TextDecoder().decode(message.data);
  if (ctx.getTags(socket).includes(REPORT_TAG)) {
    return receiveReports(object, socket, data);
  }
  await receiveClientFrame(object, socket, data);
}

/** A frame that could not be stored is answered by the end of the socket: the thread comes back and sends it again. */
async function receiveReports(object: ConversationObject, socket: WebSocket, data: string): Promise<void> {
  try {
    for (const reply of await takeReports(reportDeps(object), data)) socket.send(JSON.stringify(reply));
  } catch (error) {
    socket.close(1011, "not stored");
    throw error;
  }
}

/**
 * A socket was closed at its other end. It is closed here too: until then it holds the object at its other end awake, such
 * as a thread that waits for a person. Who watches is told where it was a viewer's.
 */
export function left(ctx: DurableObjectState, object: ConversationObject | null, socket: WebSocket): void {
  const reporter = ctx.getTags(socket).includes(REPORT_TAG);
  try {
    socket.close(1000, "done");
  } catch {}
  if (!reporter) object?.viewers.publishPresence(socket);
}

/** What taking reports needs of the object. */
export function reportDeps(object: ConversationObject) {
  return {
    store: object.store,
    live: object.live,
    journal: object.journal,
    now: () => object.now(),
    agent: () => object.agentActor(),
    heard: (runId: string) => object.heard(runId),
  };
}

async function receiveClientFrame(object: ConversationObject, socket: WebSocket, data: string): Promise<void> {
  const viewer = Viewers.of(socket);
  if (!viewer) return socket.close(PROBLEM_FACES.unauthenticated.close, "unauthenticated");
  const parsed = parseFrame(data);
  if (!parsed.ok) return object.viewers.send(socket, { type: "problem", id: parsed.id, problem: parsed.problem });
  const frame = parsed.frame;
  if (frame.type === "presence") return object.viewers.setState(socket, frame.state);
  if (frame.type === "ping") return object.viewers.send(socket, { type: "pong" });
  const { state: _state, ...principal } = viewer;
  const result = await object.command(principal, frame.command);
  if (result.ok) object.viewers.send(socket, { type: "ack", id: frame.id, result: result.value });
  else object.viewers.send(socket, { type: "problem", id: frame.id, problem: result.problem });
}

type ParsedFrame =
  | { ok: true; frame: z.infer<typeof clientFrame> }
  | { ok: false; id: string | null; problem: Problem };

function parseFrame(data: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { ok: false, id: null, problem: { code: "invalid", detail: "The frame is not valid JSON." } };
  }
  const result = clientFrame.safeParse(value);
  if (result.success) return { ok: true, frame: result.data };
  const id = z.object({ id: z.string() }).safeParse(value).data?.id ?? null;
  const fields = result.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  return { ok: false, id, problem: { code: "invalid", detail: "The frame is not valid.", fields } };
}

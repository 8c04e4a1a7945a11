import { z } from "zod";
import { scope } from "#contract/api-key";
import type { Envelope } from "#contract/event";
import type { Delta, Presence, ServerFrame } from "#contract/frame";
import { LIMITS } from "#contract/limits";
import { memberKind, orgRole, spaceRole } from "#contract/member";
import type { Problem } from "#contract/problem";
import { PROBLEM_FACES } from "#platform/problem-response";
import type { SocketOwner } from "#platform/rpc";

const TAG = "viewer";
/** What a Worker has verified of who opens a socket. */
export const memberPrincipal = z.object({
  kind: z.literal("member"),
  orgId: z.string(),
  memberId: z.string(),
  memberKind,
  name: z.string(),
  role: orgRole,
  spaces: z.record(z.string(), spaceRole),
  scopes: z.array(scope).nullable(),
  accountId: z.string().nullable(),
  sessionId: z.string().nullable(),
  via: z.enum(["session", "api_key", "agent_token", "proxy", "none"]),
});
const attachment = memberPrincipal.extend({ state: z.enum(["viewing", "typing"]) });
export type Viewer = z.infer<typeof attachment>;

/** A message to a socket costs about as much as a fraction of a millisecond: events to many go out together. */
const SOCKETS_PER_MS = 32;
const MAX_GATHER_MS = 16;

/**
 * The sockets of people and programs that follow the conversation. Who they are survives hibernation with the socket.
 * Before a large audience, what follows an event within a few milliseconds goes out with one message; a small one gets
 * every commit at once. Nothing that is said to a socket overtakes an event.
 */
export class Viewers {
  readonly #ctx: DurableObjectState;
  #gathered: Envelope[] = [];
  #gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  get full(): boolean {
    return this.#ctx.getWebSockets(TAG).length >= LIMITS.socketsPerConversation;
  }

  /** Takes a viewer in; what was committed before is not sent to it. */
  accept(socket: WebSocket, viewer: Viewer): void {
    this.#release();
    this.#ctx.acceptWebSocket(socket, [TAG]);
    socket.serializeAttachment(viewer);
  }

  static of(socket: WebSocket): Viewer | null {
    return attachment.safeParse(socket.deserializeAttachment()).data ?? null;
  }

  send(socket: WebSocket, frame: ServerFrame): void {
    this.#release();
    sendText(socket, JSON.stringify(frame));
  }

  /** Events to everybody, made into text once. */
  publish(envelopes: Envelope[]): void {
    if (envelopes.length === 0) return;
    this.#gathered.push(...envelopes);
    if (this.#gathering !== null) return;
    const sockets = this.#release();
    const gatherMs = Math.min(MAX_GATHER_MS, Math.floor(sockets / SOCKETS_PER_MS));
    if (gatherMs === 0) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = null;
      const rest = this.#gathered.splice(0);
      this.publish(rest);
    }, gatherMs);
  }

  publishDeltas(frames: Delta[]): void {
    this.#release();
    for (const frame of frames) this.#broadcast(frame);
  }

  setState(socket: WebSocket, state: Viewer["state"]): void {
    const viewer = Viewers.of(socket);
    if (!viewer || viewer.state === state) return;
    socket.serializeAttachment({ ...viewer, state });
    this.publishPresence();
  }

  /** Who is here: one entry a member, `typing` where any of the member's sockets is. */
  publishPresence(leaving?: WebSocket): void {
    const members = new Map<string, Presence>();
    for (const socket of this.#ctx.getWebSockets(TAG)) {
      const viewer = socket === leaving ? null : Viewers.of(socket);
      if (!viewer) continue;
      const typing = viewer.state === "typing" || members.get(viewer.memberId)?.state === "typing";
      const state = typing ? "typing" : "viewing";
      members.set(viewer.memberId, { memberId: viewer.memberId, name: viewer.name, state });
    }
    this.#broadcast({ type: "presence", members: [...members.values()] });
  }

  /** Closes the sockets of whom may have changed: they come back as what they are now, or not at all. */
  closeOf({ memberId, sessionId }: SocketOwner): void {
    this.#release();
    for (const socket of this.#ctx.getWebSockets(TAG)) {
      const viewer = Viewers.of(socket);
      if (viewer?.memberId !== memberId || (sessionId !== undefined && viewer.sessionId !== sessionId)) continue;
      // An end that does not answer the close goes on sending, and what it sends still comes here: as nobody's.
      socket.serializeAttachment(null);
      socket.close(PROBLEM_FACES.unauthenticated.close, "unauthenticated");
    }
  }

  /** Closes every socket with a problem's close code. */
  closeAll(problem: Problem): void {
    this.#release();
    for (const socket of this.#ctx.getWebSockets(TAG)) socket.close(PROBLEM_FACES[problem.code].close, problem.code);
  }

  /** Sends what was gathered; to how many. */
  #release(): number {
    const events = this.#gathered;
    this.#gathered = [];
    return events.length > 0 ? this.#broadcast({ type: "events", events }) : 0;
  }

  #broadcast(frame: ServerFrame): number {
    const text = JSON.stringify(frame);
    const sockets = this.#ctx.getWebSockets(TAG);
    for (const socket of sockets) sendText(socket, text);
    return sockets.length;
  }
}

/** A socket that is closing cannot be sent to; its reader comes back with its cursor. */
function sendText(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    socket.close(1011, "unreachable");
  }
}

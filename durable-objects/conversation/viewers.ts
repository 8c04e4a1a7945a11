import { z } from "zod";
import type { Envelope } from "#contract/event";
import type { Delta, Presence, ServerFrame } from "#contract/frame";
import { LIMITS } from "#contract/limits";
import type { Problem } from "#contract/problem";
import { PROBLEM_FACES } from "#platform/problem-response";

const TAG = "viewer";
const attachment = z.object({
  orgId: z.string(),
  memberId: z.string(),
  name: z.string(),
  role: z.enum(["owner", "admin", "member", "guest"]),
  state: z.enum(["viewing", "typing"]),
});
export type Viewer = z.infer<typeof attachment>;

/** The sockets of people and programs that follow the conversation. Who they are survives hibernation with the socket. */
export class Viewers {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  get full(): boolean {
    return this.#ctx.getWebSockets(TAG).length >= LIMITS.socketsPerConversation;
  }

  accept(socket: WebSocket, viewer: Viewer): void {
    this.#ctx.acceptWebSocket(socket, [TAG]);
    socket.serializeAttachment(viewer);
  }

  static of(socket: WebSocket): Viewer | null {
    return attachment.safeParse(socket.deserializeAttachment()).data ?? null;
  }

  send(socket: WebSocket, frame: ServerFrame): void {
    sendText(socket, JSON.stringify(frame));
  }

  /** Events to everybody, made into text once. */
  publish(envelopes: Envelope[]): void {
    if (envelopes.length > 0) this.#broadcast({ type: "events", events: envelopes });
  }

  publishDeltas(frames: Delta[]): void {
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

  /** Closes every socket with a problem's close code. */
  closeAll(problem: Problem): void {
    for (const socket of this.#ctx.getWebSockets(TAG)) socket.close(PROBLEM_FACES[problem.code].close, problem.code);
  }

  #broadcast(frame: ServerFrame): void {
    const text = JSON.stringify(frame);
    for (const socket of this.#ctx.getWebSockets(TAG)) sendText(socket, text);
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

import { z } from "zod";
import { command, commandResult } from "./command.ts";
import { snapshot } from "./conversation.ts";
import { envelope } from "./event.ts";
import { itemId, memberId } from "./ids.ts";
import { problem } from "./problem.ts";

/** A piece of a growing item's text. `offset` counts UTF-16 units from its start; a reader keeps what it lacks. */
export const delta = z.object({
  type: z.literal("delta"),
  itemId,
  offset: z.number().int().nonnegative(),
  text: z.string(),
});
export type Delta = z.infer<typeof delta>;

export const presence = z.object({
  memberId,
  name: z.string(),
  /** What the person does right now. */
  state: z.enum(["viewing", "typing"]),
});
export type Presence = z.infer<typeof presence>;

/** The texts of items that still grow, as they are now; sent on attach so that later deltas fit. */
export const liveText = z.object({ itemId, text: z.string() });

export const serverFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    seq: z.number().int().nonnegative(),
    snapshot: snapshot.optional(),
    live: z.array(liveText),
    memberId,
  }),
  z.object({ type: z.literal("events"), events: z.array(envelope) }),
  delta,
  z.object({ type: z.literal("presence"), members: z.array(presence) }),
  z.object({ type: z.literal("ack"), id: z.string(), result: commandResult }),
  z.object({ type: z.literal("problem"), id: z.string().nullable(), problem }),
  z.object({ type: z.literal("pong") }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

export const clientFrame = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("command"), id: z.string().min(1).max(128), command }),
  z.strictObject({ type: z.literal("presence"), state: presence.shape.state }),
  z.strictObject({ type: z.literal("ping") }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** The runtime answers this exact string with `PONG` and leaves the object asleep. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

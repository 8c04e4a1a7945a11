import type { CommandOf } from "#contract/command";
import { fail, ok, type Result } from "#contract/problem";
import { type DecideContext, type Decision, decided, NOTHING, type View } from "./decision.ts";

/** Somebody of the org takes part from now on: a guest sees the conversation by this alone. */
export function addParticipant(
  view: View,
  command: CommandOf<"participant.add">,
  ctx: DecideContext,
): Result<Decision> {
  if (view.head.participants.some((one) => one.memberId === command.memberId)) return ok(NOTHING);
  if (!ctx.invited) {
    const fields = [{ field: "memberId", message: "names nobody who can take part" }];
    return fail("not_found", "memberId: names nobody who can take part.", { fields });
  }
  return decided([{ type: "participant.joined", ...ctx.invited }]);
}

/** Somebody leaves, or is taken out. Its agents stay: they are how work is done here. */
export function removeParticipant(
  view: View,
  command: CommandOf<"participant.remove">,
  ctx: DecideContext,
): Result<Decision> {
  const leaving = view.head.participants.find((one) => one.memberId === command.memberId);
  if (!leaving) return ok(NOTHING);
  if (leaving.kind !== "human") return fail("forbidden", "An agent of this conversation cannot be taken out.");
  if (ctx.by.guest && leaving.memberId !== ctx.by.memberId)
    return fail("forbidden", "Guests take out only themselves.");
  return decided([{ type: "participant.left", memberId: leaving.memberId }]);
}

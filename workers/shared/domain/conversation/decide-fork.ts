import type { CommandOf } from "#contract/command";
import { fail, type Result } from "#contract/problem";
import { type DecideContext, type Decision, decided, type View } from "./decision.ts";

const TITLE_CHARS = 200;
const SUFFIX = " (fork)";

/** A conversation that begins from this one as it was at `atSeq`, or as it is now. */
export function forkConversation(view: View, command: CommandOf<"fork">, ctx: DecideContext): Result<Decision> {
  const atSeq = command.atSeq ?? view.seq;
  if (atSeq > view.seq) {
    const fields = [{ field: "atSeq", message: `is from the future: the log ends at ${view.seq}` }];
    return fail("invalid", "atSeq: is from the future.", { fields });
  }
  const title = command.title ?? `${view.head.title.slice(0, TITLE_CHARS - SUFFIX.length)}${SUFFIX}`;
  const conversationId = ctx.newId("conversation");
  return decided([{ type: "fork.created", conversationId, atSeq, title, name: ctx.by.name }], { conversationId });
}

import type { Command, CommandResult } from "#contract/command";
import type { ConversationHead } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import { LIMITS } from "#contract/limits";
import type { Actor } from "#contract/member";
import type { Message } from "#contract/message";
import { fail, ok, type Result } from "#contract/problem";
import { getFiles, noteFileUse } from "#data/files";
import { findMember } from "#data/members";
import { forTenant } from "#data/tenant-db";
import type { ConversationAction } from "#domain/access/actions";
import { COMMAND_ACTION } from "#domain/access/command-action";
import { decide } from "#domain/conversation/decide";
import type { DecideContext, View } from "#domain/conversation/decision";
import type { Env } from "#platform/env";
import { newId } from "#platform/new-id";
import type { MemberPrincipal, Principal } from "#platform/principal";
import type { Journal } from "./journal.ts";
import { RateLimit } from "./rate-limit.ts";
import type { ConversationStore } from "./store.ts";

interface Deps {
  env: Env;
  store: ConversationStore;
  journal: Journal;
  now(): string;
  view(): View;
  admit(principal: Principal, action: ConversationAction): Result<ConversationHead>;
}
/** What a command names outside the conversation, found in the org. */
type Resolved = Pick<DecideContext, "attachments" | "invited">;

/** Takes commands: once each, in order, by who may give them. */
export class Commands {
  readonly #deps: Deps;
  readonly #rate = new RateLimit(LIMITS.commandsPerSecond);

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async give(principal: Principal, command: Command): Promise<Result<CommandResult>> {
    const { admit, store, journal } = this.#deps;
    const admitted = admit(principal, COMMAND_ACTION[command.type]);
    if (!admitted.ok) return admitted;
    if (principal.kind !== "member") return fail("forbidden", "Only members give commands.");
    const known = store.resultOf(principal.memberId, command.clientId);
    if (known) return ok(known);
    if (!this.#rate.take(principal.memberId, Date.now())) {
      const limit = `${LIMITS.commandsPerSecond} commands a second`;
      return fail("rate_limited", `At most ${limit}. Try again in a second.`, { retryAfterS: 1, limit });
    }
    const resolved = await this.#resolve(principal, command, admitted.value.id);
    if (!resolved.ok) return resolved;
    const by: Actor = { memberId: principal.memberId, kind: principal.memberKind };
    return journal.submit(by, () => this.#decided(principal, command, resolved.value));
  }

  #decided(principal: MemberPrincipal, command: Command, resolved: Resolved) {
    const { store, now, view } = this.#deps;
    const repeated = store.resultOf(principal.memberId, command.clientId);
    if (repeated) return ok({ events: [], value: () => repeated });
    const { memberId, memberKind: kind, name, role } = principal;
    const by = { memberId, kind, name, admin: role === "admin" || role === "owner", guest: role === "guest" };
    const decision = decide(view(), command, { now: now(), by, newId, ...resolved });
    if (!decision.ok) return decision;
    const { events, result } = decision.value;
    const resultAt = (envelopes: Envelope[]) => ({ seq: envelopes.at(-1)?.seq ?? store.state.seq, ...result });
    return ok({
      events,
      commit: (envelopes: Envelope[]) => store.keepResult(memberId, command.clientId, resultAt(envelopes)),
      value: resultAt,
    });
  }

  async #resolve(principal: MemberPrincipal, command: Command, conversationId: string): Promise<Result<Resolved>> {
    const db = forTenant(this.#deps.env, principal);
    if (command.type === "participant.add") {
      const found = await findMember(db, command.memberId);
      const invited = found?.state === "active" ? { memberId: found.id, kind: found.kind, name: found.name } : null;
      return ok({ attachments: [], invited });
    }
    if (command.type !== "message.post" || command.attachments.length === 0) return ok(NOTHING_NAMED);
    const found: Message["attachments"] = await getFiles(db, command.attachments, principal.memberId);
    if (found.length < command.attachments.length) {
      const fields = [{ field: "attachments", message: "names a file that you have not uploaded" }];
      return fail("not_found", "attachments: names a file that you have not uploaded.", { fields });
    }
    await noteFileUse(db, conversationId, command.attachments);
    return ok({ attachments: found, invited: null });
  }
}

const NOTHING_NAMED: Resolved = { attachments: [], invited: null };

import { z } from "zod";
import { conversationHead } from "#contract/conversation";
import { envelope } from "#contract/event";
import { fail, ok, type Result } from "#contract/problem";
import { birthEvents, inherited } from "#domain/conversation/fork";
import { isoTime } from "#platform/clock";
import type { Env } from "#platform/env";
import { settle } from "#platform/problem-response";
import type { ForkInit } from "#platform/rpc";
import { conversationStub } from "#platform/stubs";
import type { Journal } from "./journal.ts";
import { skipSearch } from "./search-feed.ts";
import type { ConversationStore } from "./store.ts";

const forkInit = z.object({
  head: conversationHead,
  origin: z.object({ conversationId: z.string(), atSeq: z.number() }),
  threads: z.record(z.string(), z.string()),
  by: z.object({ memberId: z.string(), name: z.string() }),
  at: z.number(),
}) satisfies z.ZodType<ForkInit>;

interface Deps {
  env: Env;
  orgId: string;
  storage: DurableObjectStorage;
  store: ConversationStore;
  journal: Journal;
}

/**
 * What a fork has yet to read of the conversation it began from. Making a fork copies nothing; its first use reads the
 * origin's log a page at a time, and then writes the fork's own first events. It goes on from where it was lost.
 */
export class Origin {
  readonly #deps: Deps;
  #pending: ForkInit | null;
  #reading: Promise<Result<null>> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
    const row = deps.storage.sql.exec("SELECT body FROM meta WHERE name = 'fork'").toArray()[0];
    this.#pending = row ? (forkInit.safeParse(JSON.parse(String(row.body))).data ?? null) : null;
  }

  /** What the fork was made with, while it does not hold its whole log. */
  get pending(): ForkInit | null {
    return this.#pending;
  }

  /** Keeps what the fork begins with; a repeat changes nothing. */
  keep(init: ForkInit): void {
    const { storage, store } = this.#deps;
    if (this.#pending !== null || store.state.seq > 0) return;
    storage.sql.exec("INSERT OR IGNORE INTO meta (name, body) VALUES ('fork', ?)", JSON.stringify(init));
    this.#pending = init;
  }

  /** Settles once the whole log is here; calls that come meanwhile share the work. */
  async complete(): Promise<Result<null>> {
    if (this.#pending === null) return ok(null);
    this.#reading ??= this.#read(this.#pending).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(init: ForkInit): Promise<Result<null>> {
    const { env, orgId, store } = this.#deps;
    const { conversationId, atSeq } = init.origin;
    const stub = conversationStub(env, orgId, conversationId);
    while (store.state.seq < atSeq) {
      const range = { after: store.state.seq, upTo: atSeq };
      const page = await settle(stub.logPage({ kind: "service", orgId }, range), "conversation");
      if (!page.ok) return fail("unavailable", UNREADABLE, { retryAfterS: 1 });
      this.#copy(page.value.bodies, init);
    }
    return this.#begin(init);
  }

  #copy(bodies: string[], init: ForkInit): void {
    const { storage, store } = this.#deps;
    const fork = { id: init.head.id, threads: init.threads, sandboxId: init.head.sandboxId ?? "" };
    try {
      storage.transactionSync(() => {
        store.adopt(
          bodies.map((body) => {
            const own = inherited(JSON.parse(body), fork);
            const known = envelope.safeParse(own).data;
            return { seq: Number(own.seq), type: typeOf(own.event), body: JSON.stringify(own), known };
          }),
        );
      });
    } catch (error) {
      store.reload();
      throw error;
    }
  }

  #begin(init: ForkInit): Promise<Result<null>> {
    const { journal, storage, store } = this.#deps;
    const now = isoTime(init.at);
    return journal.submit({ memberId: init.by.memberId, kind: "human" }, () =>
      ok({
        events:
          this.#pending === null
            ? []
            : birthEvents(
                store.view(() => undefined),
                init.head,
                now,
              ),
        commit: () => {
          storage.sql.exec("DELETE FROM meta WHERE name = 'fork'");
          skipSearch(store, init.origin.atSeq);
        },
        value: () => {
          this.#pending = null;
          return null;
        },
      }),
    );
  }
}

/** Lets every fork of a conversation read what it still needs of it. */
export async function completeForks(env: Env, orgId: string, store: ConversationStore): Promise<Result<null>> {
  const rows = store.sql
    .exec("SELECT json_extract(body, '$.event.conversationId') AS id FROM events WHERE type = 'fork.created'")
    .toArray();
  for (const row of rows) {
    const stub = conversationStub(env, orgId, String(row.id));
    const completed = await settle(stub.complete({ kind: "service", orgId }), "conversation");
    if (!completed.ok && completed.problem.code !== "not_found") return completed;
  }
  return ok(null);
}

const UNREADABLE = "The conversation this one began from cannot be read now.";
const anyEvent = z.object({ type: z.string() });

function typeOf(event: unknown): string {
  return anyEvent.safeParse(event).data?.type ?? "unknown";
}

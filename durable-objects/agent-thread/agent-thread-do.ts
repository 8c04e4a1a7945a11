import { DurableObject } from "cloudflare:workers";
import type { Approval, Question } from "#contract/ask";
import type { Message } from "#contract/message";
import { ok, type Result } from "#contract/problem";
import type { Env } from "#platform/env";
import type { AgentThreadRpc, RunOrder } from "#platform/rpc";
import { Alarms } from "../kit/alarms.ts";
import { migrate } from "../kit/migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { ThreadStore } from "./store.ts";
import { Thread } from "./thread.ts";
import { threadWorld } from "./world.ts";

/** One agent in one conversation, named `{orgId}/{threadId}` (SPEC.md). */
export class AgentThread extends DurableObject<Env> implements AgentThreadRpc {
  readonly #thread: Thread;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    migrate(state.storage, MIGRATIONS);
    this.#thread = new Thread({
      env,
      store: new ThreadStore(state.storage),
      alarms: new Alarms(state.storage),
      world: threadWorld.of(env),
      keepAlive: (work) => state.waitUntil(work),
    });
  }

  start(order: RunOrder): Promise<Result<null>> {
    return this.#thread.start(order);
  }

  steer(runId: string, message: { message: Message; authorName: string }): Promise<Result<null>> {
    return this.#thread.steer(runId, message);
  }

  cancel(runId: string, reason: string): Promise<Result<null>> {
    return this.#thread.cancel(runId, reason);
  }

  decideApproval(runId: string, approval: Approval): Promise<Result<null>> {
    return this.#thread.decideApproval(runId, approval);
  }

  answerQuestion(runId: string, question: Question): Promise<Result<null>> {
    return this.#thread.answerQuestion(runId, question);
  }

  async recordedRuns() {
    return this.#thread.recordedRuns();
  }

  async recording(runId: string) {
    return this.#thread.recording(runId);
  }

  async purge(): Promise<Result<null>> {
    this.#thread.stopAll();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    migrate(this.ctx.storage, MIGRATIONS);
    return ok(null);
  }

  override async alarm(): Promise<void> {
    this.#thread.tick(Date.now());
  }
}

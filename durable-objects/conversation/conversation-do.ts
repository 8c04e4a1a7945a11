import { DurableObject } from "cloudflare:workers";
import type { Command } from "#contract/command";
import type { ConversationHead } from "#contract/conversation";
import { ok, type Result } from "#contract/problem";
import type { Env } from "#platform/env";
import type { MemberPrincipal, Principal } from "#platform/principal";
import { problemResponse } from "#platform/problem-response";
import type {
  ConversationInit,
  ConversationRpc,
  EventsQuery,
  LogRange,
  SandboxReport,
  UsageCall,
  WindowEnd,
} from "#platform/rpc";
import { migrate } from "../kit/migrate.ts";
import { ConversationObject } from "./conversation.ts";
import { logPage } from "./log-page.ts";
import { MIGRATIONS } from "./migrations.ts";
import { answerPings, left, receive, upgrade } from "./sockets.ts";
import { ConversationStore } from "./store.ts";
import { usageOf } from "./usage.ts";

const NOT_FOUND = { code: "not_found" as const, detail: "There is no such conversation." };
const RUNS_LISTED = 200;

/** The Durable Object of one conversation, named `{orgId}/{conversationId}`: a shell around `ConversationObject`. */
export class Conversation extends DurableObject<Env> implements ConversationRpc {
  #object: ConversationObject | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    answerPings(ctx);
    if (ConversationStore.exists(ctx.storage.sql)) this.#open(ConversationStore.orgOf(ctx.storage.sql));
  }

  async create(principal: MemberPrincipal, init: ConversationInit): Promise<Result<ConversationHead>> {
    return (this.#object ?? this.#open(principal.orgId)).create(principal, init);
  }

  async command(principal: Principal, command: Command) {
    return this.#with((object) => object.command(principal, command));
  }

  async head(principal: Principal) {
    return this.#with((object) => {
      const head = object.admit(principal);
      return head.ok ? ok({ seq: object.store.state.seq, head: head.value }) : head;
    });
  }

  async snapshot(principal: Principal, before?: WindowEnd) {
    return this.#with((object) => object.snapshot(principal, before));
  }

  async events(principal: Principal, query: EventsQuery) {
    return this.#with((object) => object.events(principal, query));
  }

  async runs(principal: Principal) {
    return this.#with((object) => {
      const admitted = object.admit(principal);
      return admitted.ok ? ok(object.store.runs(RUNS_LISTED)) : admitted;
    });
  }

  async run(principal: Principal, runId: string) {
    return this.#with((object) => object.run(principal, runId));
  }

  async recordUsage(principal: Principal, call: UsageCall) {
    return this.#with((object) => object.recordUsage(principal, call));
  }

  async usage(principal: Principal) {
    return this.#with((object) => {
      const admitted = object.admit(principal);
      return admitted.ok ? ok(usageOf(object.store.sql)) : admitted;
    });
  }

  async logPage(principal: Principal, range: LogRange) {
    return this.#with((object) => {
      const admitted = object.admit(principal);
      return admitted.ok ? ok(logPage(object.store.sql, range)) : admitted;
    });
  }

  async reportSandbox(principal: Principal, report: SandboxReport) {
    return this.#with((object) => object.reportSandbox(principal, report));
  }

  async purge(principal: MemberPrincipal): Promise<Result<null>> {
    return this.#with(async (object) => {
      const admitted = object.admit(principal);
      if (!admitted.ok) return admitted;
      object.viewers.closeAll(NOT_FOUND);
      this.#object = null;
      await object.close();
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      return ok(null);
    });
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#object ? upgrade(this.ctx, this.#object, request) : problemResponse(NOT_FOUND);
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (this.#object) await receive(this.ctx, this.#object, { socket, data });
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    left(this.ctx, this.#object, socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    left(this.ctx, this.#object, socket);
  }

  override async alarm(): Promise<void> {
    await this.#object?.alarm();
  }

  #open(orgId: string): ConversationObject {
    migrate(this.ctx.storage, MIGRATIONS);
    ConversationStore.keepOrg(this.ctx.storage.sql, orgId);
    this.#object = new ConversationObject(this.ctx, this.env, orgId);
    return this.#object;
  }

  async #with<T>(call: (object: ConversationObject) => Result<T> | Promise<Result<T>>): Promise<Result<T>> {
    return this.#object ? call(this.#object) : { ok: false, problem: NOT_FOUND };
  }
}

import { DurableObject } from "cloudflare:workers";
import type { Command } from "#contract/command";
import type { ConversationHead } from "#contract/conversation";
import { fail, ok, type Result } from "#contract/problem";
import type { ConversationAction } from "#domain/access/actions";
import type { Env } from "#platform/env";
import type { MemberPrincipal, Principal } from "#platform/principal";
import { problemResponse } from "#platform/problem-response";
import type * as rpc from "#platform/rpc";
import { migrate } from "../kit/migrate.ts";
import { ConversationObject } from "./conversation.ts";
import { logPage } from "./log-page.ts";
import { MIGRATIONS } from "./migrations.ts";
import { answerPings, left, receive, upgrade } from "./sockets.ts";
import { ConversationStore } from "./store.ts";
import { turnsOf } from "./turns.ts";
import { usageOf } from "./usage.ts";

const MISSING = fail("not_found", "There is no such conversation.");
const RUNS_LISTED = 200;

/** The Durable Object of one conversation, named `{orgId}/{conversationId}`: a shell around `ConversationObject`. */
export class Conversation extends DurableObject<Env> implements rpc.ConversationRpc {
  #object: ConversationObject | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    answerPings(ctx);
    if (ConversationStore.exists(ctx.storage.sql)) this.#open(ConversationStore.orgOf(ctx.storage.sql));
  }

  async create(principal: MemberPrincipal, init: rpc.ConversationInit): Promise<Result<ConversationHead>> {
    return (this.#object ?? this.#open(principal.orgId)).create(principal, init);
  }

  async createFork(principal: Principal, init: rpc.ForkInit): Promise<Result<null>> {
    if (principal.kind !== "service") return MISSING;
    (this.#object ?? this.#open(principal.orgId)).origin.keep(init);
    return ok(null);
  }

  async complete(principal: Principal) {
    return this.#read(principal, () => null);
  }

  async command(principal: Principal, command: Command) {
    return this.#with((object) => object.command(principal, command));
  }

  /** Of a fork also before it has read what it inherits. */
  async head(principal: Principal, action?: ConversationAction) {
    return this.#object?.headOf(principal, action) ?? MISSING;
  }

  async snapshot(principal: Principal, before?: rpc.WindowEnd) {
    return this.#with((object) => object.snapshot(principal, before));
  }

  async events(principal: Principal, query: rpc.EventsQuery) {
    return this.#with((object) => object.events(principal, query));
  }

  async runs(principal: Principal) {
    return this.#read(principal, ({ store }) => store.runs(RUNS_LISTED));
  }

  async run(principal: Principal, runId: string) {
    return this.#with((object) => object.run(principal, runId));
  }

  async turns(principal: Principal, runIds: string[]) {
    return this.#read(principal, ({ store }) => turnsOf(store, runIds));
  }

  async recordUsage(principal: Principal, call: rpc.UsageCall) {
    return this.#with((object) => object.recordUsage(principal, call));
  }

  async usage(principal: Principal) {
    return this.#read(principal, ({ store }, head) => usageOf(store.sql, head.forkedFrom?.atSeq ?? 0));
  }

  async logPage(principal: Principal, range: rpc.LogRange) {
    return this.#read(principal, ({ store }) => logPage(store.sql, range));
  }

  async reportSandbox(principal: Principal, report: rpc.SandboxReport) {
    return this.#with((object) => object.reportSandbox(principal, report));
  }

  async closeSockets(orgId: string, owner: rpc.SocketOwner): Promise<void> {
    if (this.#object?.orgId === orgId) await this.#object.closeSockets(owner);
  }

  async purge(principal: Principal): Promise<Result<null>> {
    const object = this.#object;
    const left = await object?.beforePurge(principal);
    if (!object || !left?.ok) return left ?? MISSING;
    this.#object = null;
    return object.erase();
  }

  override async fetch(request: Request): Promise<Response> {
    const whole = await this.#with(async (object) => ok(object));
    return whole.ok ? upgrade(this.ctx, whole.value, request) : problemResponse(whole.problem);
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

  /** Every call finds the whole log: a fork reads what it inherits first. */
  async #with<T>(call: (object: ConversationObject) => Result<T> | Promise<Result<T>>): Promise<Result<T>> {
    const object = this.#object;
    if (!object) return MISSING;
    const whole = await object.origin.complete();
    return whole.ok ? call(object) : whole;
  }

  #read<T>(principal: Principal, read: (object: ConversationObject, head: ConversationHead) => T): Promise<Result<T>> {
    return this.#with((object) => {
      const admitted = object.admit(principal);
      return admitted.ok ? ok(read(object, admitted.value)) : admitted;
    });
  }
}

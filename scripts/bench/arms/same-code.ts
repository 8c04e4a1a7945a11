import type { Backend, ViewerSocket } from "./backend.ts";
import { NodeStorage } from "./node-storage.ts";

/** What of the product's conversation this arm calls. Its files are typed for workerd and are loaded by path. */
interface ConversationLike {
  create(principal: object, init: object): Promise<{ ok: boolean }>;
  command(principal: object, command: object): Promise<{ ok: boolean; value: { runId?: string } }>;
  recordUsage(principal: object, call: object): Promise<{ ok: boolean }>;
  reload(): void;
  store: { state: { seq: number } };
  live: { all(): object[] };
  viewers: { send(socket: object, frame: object): void };
}
interface Code {
  make(state: object, env: object): ConversationLike;
  migrate(storage: NodeStorage): void;
  takeReports(object: ConversationLike, text: string): Promise<object[]>;
}

const ORG_ID = "org_01900000000070008000000000000001";
const MEMBER = {
  kind: "member",
  orgId: ORG_ID,
  memberId: "mem_01900000000070008000000000000001",
  name: "Dev Admin",
  role: "owner",
  memberKind: "human",
  spaces: {},
  scopes: null,
  accountId: null,
  sessionId: null,
  via: "none",
};
const AGENT = {
  id: "agt_01900000000070008000000000000001",
  memberId: "mem_01900000000070008000000000000002",
  name: "Quay",
};

async function loadCode(): Promise<Code> {
  const load = (path: string) => import(new URL(`../../../durable-objects/${path}`, import.meta.url).href);
  const [conversation, kit, schema, reports, sockets] = await Promise.all(
    [
      "conversation/conversation",
      "kit/migrate",
      "conversation/migrations",
      "conversation/reports",
      "conversation/sockets",
    ].map((name) => load(`${name}.ts`)),
  );
  return {
    make: (state, env) => new conversation.ConversationObject(state, env, ORG_ID),
    migrate: (storage) => kit.migrate(storage, schema.MIGRATIONS),
    takeReports: (object, text) => reports.takeReports(sockets.reportDeps(object), text),
  };
}

/** Takes every statement and finds nothing: the list and the search index are not kept here. */
const NO_DATABASE = {
  prepare: () => NO_STATEMENT,
  batch: async (statements: object[]) => statements.map(() => ({ results: [], success: true, meta: {} })),
};
const NO_STATEMENT: object = {
  bind: () => NO_STATEMENT,
  run: async () => ({ results: [], success: true, meta: {} }),
  all: async () => ({ results: [], success: true, meta: {} }),
  raw: async () => [],
  first: async () => null,
};

/**
 * The matched arm: the product's own conversation, byte for byte, on Node with node:sqlite instead of workerd. What is left
 * between it and the product is the runtime.
 */
export class SameCodeBackend implements Backend {
  readonly #object: ConversationLike;
  readonly #code: Code;
  readonly #viewers: Set<ViewerSocket>;

  private constructor(code: Code, object: ConversationLike, viewers: Set<ViewerSocket>) {
    this.#code = code;
    this.#object = object;
    this.#viewers = viewers;
  }

  /** A conversation with an active run; the run's id. */
  static async open(file: string, id: string): Promise<{ backend: SameCodeBackend; runId: string }> {
    const code = await loadCode();
    const storage = new NodeStorage(file);
    code.migrate(storage);
    const viewers = new Set<ViewerSocket>();
    const thread = { idFromName: () => null, get: () => ({ start: async () => ({ ok: true, value: null }) }) };
    const env = { DB: NO_DATABASE, AGENT_THREAD: thread };
    const object = code.make({ storage, getWebSockets: () => [...viewers] }, env);
    const settings = { executor: "edge", model: "demo/scripted", autonomy: "auto" };
    const init = { id, kind: "coding", title: null, repository: null, settings, agent: AGENT, at: Date.now() };
    await object.create(MEMBER, init);
    const command = { type: "message.post", clientId: "begin", content: "Begin.", attachments: [], mode: "auto" };
    const posted = await object.command(MEMBER, command);
    return { backend: new SameCodeBackend(code, object, viewers), runId: posted.value.runId ?? "" };
  }

  async append(body: string): Promise<void> {
    const result = await this.#object.recordUsage({ kind: "service", orgId: ORG_ID }, JSON.parse(body));
    if (!result.ok) throw new Error("an append was refused");
  }

  async report(text: string): Promise<string[]> {
    const replies = await this.#code.takeReports(this.#object, text);
    return replies.map((one) => JSON.stringify(one));
  }

  attach(viewer: ViewerSocket): void {
    this.#viewers.add(viewer);
    this.#object.viewers.send(viewer, {
      type: "hello",
      seq: this.#object.store.state.seq,
      live: this.#object.live.all(),
    });
  }

  detach(viewer: ViewerSocket): void {
    this.#viewers.delete(viewer);
  }

  stored(): number {
    this.#object.reload();
    return this.#object.store.state.seq;
  }
}

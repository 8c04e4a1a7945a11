import type { ServiceFetch } from "../../world.ts";

type Json = Record<string, unknown>;
interface FakePart extends Json {
  id: string;
}
interface FakeMessage {
  info: Json & { id: string; role: string };
  parts: FakePart[];
}

interface Call {
  method: string;
  path: string;
  body: string;
  answer: { status: number; body: string } | null;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 4));

/** What a turn of the fake agent can do; each call tells the bus as OpenCode does. */
export interface Turn {
  text: string;
  say(text: string): void;
  run(command: string, output: string): Promise<void>;
  ask(question: string, options: string[]): Promise<string>;
  /** Never ends but by an abort. */
  hang(): Promise<never>;
  fail(message: string): void;
}

/** OpenCode's server for tests: sessions and messages in memory, one turn of an agent for what was said. */
export class FakeOpenCode {
  readonly messages: FakeMessage[] = [];
  readonly asks = new Map<string, { kind: "permission" | "question"; request: Json; settle: (reply: Json) => void }>();
  readonly calls: string[] = [];
  readonly #events: string[] = [];
  readonly #waiting: Call[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #life = 1;
  turn: (turn: Turn) => Promise<void> = async (turn) => turn.say("done");
  token: string | null = null;
  /** How long a token's removal is on its way. */
  slowToForgetMs = 0;
  session: string | null = null;
  stuck = false;
  #busy = false;
  #abort: (() => void) | null = null;
  #next = 0;
  #steered = false;

  /** Runs in the thread's object, the server in the test: between them goes plain data, and each polls for it. */
  readonly fetch: ServiceFetch = async (path, init = {}) => {
    if (path === "/event") return this.#stream();
    const call: Call = { method: init.method ?? "GET", path, body: String(init.body ?? "{}"), answer: null };
    this.#waiting.push(call);
    while (call.answer === null) await pause();
    return new Response(call.answer.body, { status: call.answer.status });
  };

  /** Serves in the context of the test until it is stopped. */
  constructor() {
    this.#timer = setInterval(() => {
      for (const call of this.#waiting.splice(0)) {
        const serve = () => {
          call.answer = this.#serve(call);
        };
        if (call.method === "DELETE" && this.slowToForgetMs > 0) setTimeout(serve, this.slowToForgetMs);
        else serve();
      }
    }, 2);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #serve({ method, path, body }: Call): NonNullable<Call["answer"]> {
    if (path !== "/session/status")
      this.calls.push(`${method} ${path.replace(/ses_\w+/, "S").replace(/(per|que)_\w+/, "Q")}`);
    const answer = this.#answer(method, path, JSON.parse(body) as Json);
    return answer === null ? { status: 404, body: "{}" } : { status: 200, body: JSON.stringify(answer) };
  }

  #stream(): Response {
    const life = this.#life;
    let at = this.#events.length;
    const events = this.#events;
    let left = false;
    const isOver = () => left || this.#life !== life;
    const body = new ReadableStream<Uint8Array>({
      async pull(sink) {
        while (at >= events.length && !isOver()) await pause();
        if (left) return;
        if (isOver()) return sink.close();
        sink.enqueue(new TextEncoder().encode(`data: ${events[at++]}\n\n`));
      },
      cancel() {
        left = true;
      },
    });
    return new Response(body);
  }

  /** The server dies and one with the same files takes its place: what ran and was asked is gone. */
  die(): void {
    this.#busy = false;
    this.#abort = null;
    this.asks.clear();
    this.#life += 1;
  }

  get prompts(): string[] {
    return this.messages.filter((one) => one.info.role === "user").map((one) => String(one.parts[0]?.text));
  }

  #answer(method: string, path: string, body: Json): unknown {
    const [, room, id, action] = path.split("/");
    if (room === "auth") return this.#auth(method, body);
    if (room === "permission" || room === "question") return this.#ask(room, { id, body });
    if (path === "/session/status") return this.#busy ? { [String(this.session)]: { type: "busy" } } : {};
    if (path === "/session") return { id: this.#begin() };
    return id === this.session ? this.#ofSession(action ?? "", body) : null;
  }

  #ofSession(action: string, body: Json): unknown {
    if (action === "message") return this.messages;
    if (action === "prompt_async") return this.#prompt(body);
    return action === "abort" ? this.#stop() : { id: this.session };
  }

  #auth(method: string, body: Json): true {
    this.token = method === "PUT" ? String(body.key) : null;
    return true;
  }

  #begin(): string {
    this.session = `ses_${++this.#next}`;
    return this.session;
  }

  #stop(): true {
    if (!this.stuck) this.#abort?.();
    return true;
  }

  #ask(kind: "permission" | "question", to: { id?: string; body: Json }): unknown {
    if (to.id === undefined) return [...this.asks.values()].flatMap((one) => (one.kind === kind ? [one.request] : []));
    const ask = this.asks.get(to.id);
    this.asks.delete(to.id);
    ask?.settle(to.body);
    return ask ? true : null;
  }

  #emit(type: string, properties: Json): void {
    this.#events.push(JSON.stringify({ type, properties }));
  }

  #prompt(body: Json): true {
    const parts = body.parts as FakePart[];
    const info = this.#info("user");
    this.messages.push({
      info,
      parts: parts.map((part) => ({ ...part, ...this.#place(part.id), messageID: info.id })),
    });
    if (this.#busy) this.#steered = true;
    else void this.#work(String(parts[0]?.text));
    return true;
  }

  async #work(text: string): Promise<void> {
    this.#busy = true;
    const life = this.#life;
    const aborted = new Promise<"aborted">((resolve) => {
      this.#abort = () => resolve("aborted");
    });
    const message: FakeMessage = { info: this.#info("assistant"), parts: [] };
    this.messages.push(message);
    this.#emit("message.updated", { sessionID: this.session, info: message.info });
    this.#put(message, { id: this.#id("prt"), type: "step-start" });
    const end = await Promise.race([this.turn(this.#turnOf(message, text)), aborted]);
    if (this.#life !== life) return;
    if (end === "aborted") message.info.error = { name: "MessageAbortedError", data: { message: "Aborted" } };
    this.#put(message, { id: this.#id("prt"), type: "step-finish" });
    message.info.time = { completed: 1 };
    if (this.#steered && end !== "aborted") {
      this.#steered = false;
      return this.#work(this.prompts.at(-1) ?? "");
    }
    this.#busy = false;
    this.#emit("session.idle", { sessionID: this.session });
  }

  #turnOf(message: FakeMessage, text: string): Turn {
    const put = (part: FakePart) => this.#put(message, part);
    return {
      text,
      say: (said) => {
        const id = this.#id("prt");
        put({ id, type: "text", text: "" });
        this.#emit("message.part.delta", { sessionID: this.session, partID: id, field: "text", delta: said });
        put({ id, type: "text", text: said, time: { end: 1 } });
      },
      run: async (command, output) => {
        const id = this.#id("prt");
        const tool = (state: Json) =>
          put({ id, type: "tool", tool: "bash", callID: id, state: { input: { command }, ...state } });
        tool({ status: "pending", input: {} });
        const request = { permission: "bash", patterns: [command], metadata: { command }, always: [] };
        const reply = await this.#request("permission", {
          ...request,
          tool: { messageID: message.info.id, callID: id },
        });
        if (reply.reply !== "once")
          return tool({ status: "error", error: `The user rejected permission: ${String(reply.message)}` });
        tool({ status: "running", metadata: { output } });
        tool({ status: "completed", output, metadata: { output, exit: 0 } });
      },
      ask: async (question, options) => {
        const id = this.#id("prt");
        put({ id, type: "tool", tool: "question", callID: id, state: { status: "running", input: {} } });
        const questions = [{ question, options: options.map((label) => ({ label, description: label })) }];
        const reply = await this.#request("question", { questions });
        put({ id, type: "tool", tool: "question", callID: id, state: { status: "completed", input: {} } });
        return String((reply.answers as string[][])[0]?.join(","));
      },
      hang: () => new Promise<never>(() => undefined),
      fail: (why) => {
        message.info.error = { name: "UnknownError", data: { message: JSON.stringify({ message: why }) } };
      },
    };
  }

  #request(kind: "permission" | "question", request: Json): Promise<Json> {
    const id = this.#id(kind === "permission" ? "per" : "que");
    const whole = { id, sessionID: this.session, ...request };
    return new Promise((settle) => {
      this.asks.set(id, { kind, request: whole, settle });
      this.#emit(`${kind}.asked`, whole);
    });
  }

  #put(message: FakeMessage, part: FakePart): void {
    const whole = { ...part, ...this.#place(part.id), messageID: message.info.id };
    const at = message.parts.findIndex((one) => one.id === part.id);
    if (at < 0) message.parts.push(whole);
    else message.parts[at] = whole;
    this.#emit("message.part.updated", { sessionID: this.session, part: whole });
  }

  #place(id: string) {
    return { id, sessionID: this.session };
  }

  #info(role: string): FakeMessage["info"] {
    return { id: this.#id("msg"), role, sessionID: this.session, path: { cwd: "/workspace" }, time: {} };
  }

  #id(prefix: string): string {
    return `${prefix}_${String(++this.#next).padStart(6, "0")}`;
  }
}

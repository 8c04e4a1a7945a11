import { fail, ok, type Result } from "#contract/problem";
import type { RunRecording } from "#contract/recording";
import { type Report, type ReportFrame, type ReportReply, reportFrame } from "#contract/report";
import type { ReportedItem } from "#contract/run";
import type { ExecLine } from "#contract/workspace";
import { newId } from "#platform/new-id";
import type { RunOrder, ServiceState, Turn } from "#platform/rpc";
import type { RunSandbox, ServiceFetch, ThreadWorld } from "./world.ts";

/** A conversation and a sandbox for tests of the thread. It keeps plain data only, so it outlives the thread's object. */
export class FakeWorld {
  readonly frames: ReportFrame[] = [];
  /** Every report once, by its number. */
  readonly reports: Report[] = [];
  /** Growing texts as a viewer would have them, from deltas alone. */
  readonly texts = new Map<string, string>();
  readonly files = new Map<string, string>();
  readonly commands: string[] = [];
  readonly killed: string[] = [];
  readonly outputs = new Map<string, string>();
  readonly attached = new Map<string, Uint8Array>();
  /** Runs of the conversation that the thread was not there for. */
  turns: Turn[] = [];
  recording: RunRecording | null = null;
  images = false;
  /** The service of the sandbox, and what is asked of the sandbox about it. */
  service: ServiceFetch = async () => new Response("nothing runs", { status: 503 });
  readonly services: string[] = [];
  ensures: () => Result<ServiceState> = () => ok({ state: "running" });
  contextTokens: number | null = null;
  connections = 0;
  tokens = 0;
  openSockets = 0;
  /** Off: frames are read and stored, but nothing is acknowledged. */
  acknowledges = true;
  fences = false;
  refuses: "not_found" | "unavailable" | null = null;
  /** How many of the next frames are lost together with their connection. */
  losesFrames = 0;

  of(real: ThreadWorld): ThreadWorld {
    return {
      openReports: async () => this.#accept(),
      sandbox: () => this.#sandbox(),
      model: (order, purpose) => real.model(order, purpose),
      turns: async (_order, runIds) => ok(this.turns.filter((one) => runIds.includes(one.runId))),
      recording: async () => (this.recording ? ok(this.recording) : fail("not_found", "no recording")),
      gateway: () => ({ baseUrl: "http://127.0.0.1:1/v1", host: null }),
      runToken: async () => `token-${++this.tokens}`,
      models: async () => [{ id: "demo/scripted", images: this.images }],
      readAttachment: async (_order, fileId) => this.attached.get(fileId) ?? null,
      takesImages: async () => this.images,
      contextTokens: async () => this.contextTokens,
      keepOutput: async (_order, itemId, text) => {
        this.outputs.set(itemId, text);
        return ok(`/outputs/${itemId}`);
      },
    };
  }

  ofType<T extends Report["type"]>(type: T): Extract<Report, { type: T }>[] {
    return this.reports.filter((report): report is Extract<Report, { type: T }> => report.type === type);
  }

  /** The next run is reported from 1 again. */
  forget(): void {
    this.reports.length = 0;
  }

  completed(kind?: ReportedItem["kind"]): ReportedItem[] {
    const items = this.ofType("item.completed").map((report) => report.item);
    return kind ? items.filter((item) => item.kind === kind) : items;
  }

  get end(): Extract<Report, { type: "run.finished" }> | undefined {
    return this.ofType("run.finished").at(-1);
  }

  #accept(): Result<WebSocket> {
    if (this.refuses) return fail(this.refuses, "refused by the test");
    this.connections++;
    this.openSockets++;
    const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    server.accept();
    server.addEventListener("close", () => {
      this.openSockets--;
    });
    server.addEventListener("message", (message) => {
      const frame = reportFrame.parse(JSON.parse(String(message.data)));
      if (this.losesFrames > 0) {
        this.losesFrames--;
        server.close(1011, "lost");
        return;
      }
      for (const reply of this.#take(frame)) server.send(JSON.stringify(reply));
    });
    client.accept();
    return ok(client);
  }

  #take(frame: ReportFrame): ReportReply[] {
    this.frames.push(frame);
    if (this.fences) return [{ type: "fenced" }];
    frame.reports.forEach((report, index) => {
      if (frame.n + index === this.reports.length + 1) this.reports.push(report);
    });
    const replies: ReportReply[] = [];
    for (const delta of frame.deltas) {
      const have = this.texts.get(delta.itemId) ?? "";
      if (delta.offset > have.length) replies.push({ type: "resend", itemId: delta.itemId, have: have.length });
      else this.texts.set(delta.itemId, have.slice(0, delta.offset) + delta.text);
    }
    if (this.acknowledges) replies.push({ type: "ack", n: this.reports.length });
    return replies;
  }

  #sandbox(): RunSandbox {
    return {
      exec: async (exec) => {
        const command = exec.command ?? (exec.argv ?? []).join(" ");
        this.commands.push(command);
        return ok(this.#run(command, exec.execId));
      },
      kill: async (execId) => {
        this.killed.push(execId);
        return ok(null);
      },
      readFile: async (path) => {
        const text = this.files.get(path);
        if (text === undefined) return fail("not_found", `There is no file ${path}.`);
        const bytes = new TextEncoder().encode(text);
        return ok({ bytes, size: bytes.byteLength });
      },
      writeFile: async (path, bytes) => {
        this.files.set(path, new TextDecoder().decode(bytes));
        return ok(null);
      },
      listFiles: async (path) => {
        const entries = [...this.files].map(([name, text]) => ({
          name,
          path: name,
          kind: "file" as const,
          size: text.length,
        }));
        return ok({ path, entries, truncated: false });
      },
      ensureService: async ({ name }) => {
        this.services.push(`ensure ${name}`);
        return this.ensures();
      },
      endService: async (name) => {
        this.services.push(`end ${name}`);
        return ok(null);
      },
      releaseService: async (name) => {
        this.services.push(`release ${name}`);
        return ok(null);
      },
      service: () => this.service,
      changes: async () =>
        ok({ baseCommit: null, headCommit: null, branch: null, unpushed: 0, dirty: true, files: [] }),
      findCached: async () => ok(null),
    };
  }

  /** `big N` prints N bytes, `hang` prints and never ends but by a kill, `false` fails, `echo …` prints the rest. */
  #run(command: string, execId: string): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const line = (value: ExecLine) => encoder.encode(`${JSON.stringify(value)}\n`);
    const exit = (exitCode: number) => line({ type: "exit", exitCode, signal: null, timedOut: false, durationMs: 1 });
    const killed = () => this.killed.includes(execId);
    return new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(line({ type: "start", execId }));
        const output = outputOf(command);
        if (output !== "") controller.enqueue(line({ type: "stdout", data: output }));
        while (command === "hang" && !killed()) await new Promise((resolve) => setTimeout(resolve, 20));
        controller.enqueue(exit(command === "false" ? 1 : 0));
        controller.close();
      },
    });
  }
}

function outputOf(command: string): string {
  if (command === "hang") return "working…\n";
  const size = /^big (\d+)$/.exec(command)?.[1];
  if (size) return `${"0123456789\n".repeat(Number(size) / 11)}END`;
  return command.startsWith("echo ") ? `${command.slice(5)}\n` : "";
}

/** A run order with fresh ids; nothing in it exists anywhere else. */
export function fakeOrder(
  content: string,
  change: Partial<RunOrder["run"]> = {},
  rest: Partial<RunOrder> = {},
): RunOrder {
  const orgId = newId("org");
  const conversationId = newId("conversation");
  const at = "2026-11-20T08:00:00.000Z";
  const messageId = newId("message");
  const run: RunOrder["run"] = {
    id: newId("run"),
    threadId: newId("thread"),
    agentId: newId("agent"),
    messageId,
    executor: "edge",
    model: "demo/scripted",
    autonomy: "auto",
    status: "running",
    waitingFor: null,
    epoch: 1,
    retryOf: null,
    replayOf: null,
    queuedAt: at,
    startedAt: at,
    finishedAt: null,
    endSeq: null,
    stopReason: null,
    problem: null,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 },
    seq: 2,
    ...change,
  };
  return {
    orgId,
    conversationId,
    run,
    prompt: { message: fakeMessage(content, messageId), authorName: "Ana" },
    binding: { orgId, conversationId, sandboxId: newId("sandbox"), repository: null },
    allowed: [],
    earlier: [],
    wantsTitle: false,
    ...rest,
  };
}

export function fakeMessage(content: string, id: string = newId("message")): RunOrder["prompt"]["message"] {
  return {
    id,
    seq: 1,
    authorId: newId("member"),
    authorKind: "human",
    content,
    attachments: [],
    mode: "auto",
    runId: null,
    reactions: [],
    createdAt: "2026-11-20T08:00:00.000Z",
    editedAt: null,
    deletedAt: null,
  };
}

import { WebSocket } from "ws";
import type { CommandResult } from "#contract/command";
import type { ConversationHead } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import type { Report, ReportFrame, ReportReply } from "#contract/report";
import { newId } from "#platform/new-id";
import type { Product } from "../serving/product.ts";
import { askJson } from "./http.ts";

/** A conversation with an active run that nobody works on but the bench. */
export interface OpenRun {
  id: string;
  runId: string;
}

export async function createConversation(product: Product, body: object = {}): Promise<string> {
  const head = await askJson<ConversationHead>("POST", `${product.origin}/api/conversations`, {
    executor: "edge",
    ...body,
  });
  return head.id;
}

export function post(product: Product, id: string, content: string): Promise<CommandResult> {
  return askJson("POST", `${product.origin}/api/conversations/${id}/messages`, { clientId: newId("request"), content });
}

/** A new conversation and its first run; the product must be served with silent threads. */
export async function openRun(product: Product, id?: string): Promise<OpenRun> {
  const conversation = id ?? (await createConversation(product));
  const { runId } = await post(product, conversation, "Begin.");
  if (!runId) throw new Error("the message began no run");
  return { id: conversation, runId };
}

/** The report socket of a run: the bench is its agent thread. */
export class ReportFeed {
  readonly #socket: WebSocket;
  readonly #runId: string;
  readonly #waiting: { n: number; settle(): void }[] = [];
  readonly faults: string[] = [];
  #sent = 0;
  acked = 0;

  private constructor(socket: WebSocket, runId: string) {
    this.#socket = socket;
    this.#runId = runId;
    socket.on("message", (data) => this.#take(JSON.parse(String(data)) as ReportReply));
  }

  /** Opens it at the door, or at any server that speaks the same frames. */
  static async open(origin: string, run: OpenRun): Promise<ReportFeed> {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/report?id=${run.id}`, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new ReportFeed(socket, run.runId);
  }

  /** Sends a frame; settles when all of its reports are acknowledged. */
  send(reports: Report[], deltas: ReportFrame["deltas"] = []): Promise<void> {
    const frame: ReportFrame = { runId: this.#runId, epoch: 1, n: this.#sent + 1, reports, deltas };
    this.#sent += reports.length;
    const n = this.#sent;
    this.#socket.send(JSON.stringify(frame));
    if (reports.length === 0) return Promise.resolve();
    return new Promise((settle) => this.#waiting.push({ n, settle }));
  }

  close(): void {
    this.#socket.close();
  }

  #take(reply: ReportReply): void {
    if (reply.type !== "ack") {
      this.faults.push(`the report socket answered ${reply.type}`);
      return;
    }
    this.acked = Math.max(this.acked, reply.n);
    while (this.#waiting[0] && this.#waiting[0].n <= this.acked) this.#waiting.shift()?.settle();
  }
}

const NOW = "2026-11-20T12:00:00.000Z";

/** A report of a whole step: what a command of about this many characters put out. */
export function stepReport(runId: string, text: string): Extract<Report, { type: "item.completed" }> {
  return { type: "item.completed", item: { ...growing(runId, ""), status: "completed", text, completedAt: NOW } };
}

/** A report of an item that begins to grow. */
export function startReport(runId: string): Extract<Report, { type: "item.started" }> {
  return { type: "item.started", item: growing(runId, "") };
}

function growing(runId: string, text: string) {
  return {
    id: newId("item"),
    runId,
    groupId: null,
    parentId: null,
    kind: "text" as const,
    status: "in_progress" as const,
    title: "",
    text,
    truncation: null,
    detail: {},
    startedAt: NOW,
    completedAt: null,
  };
}

/** The events of a conversation after `since`, all of them; read from the end, since a reader far behind gets a snapshot. */
export async function eventsAfter(product: Product, id: string, since: number): Promise<Envelope[]> {
  const pages: Envelope[][] = [];
  for (let before = (await lastSeq(product, id)) + 1; before > since + 1; ) {
    const url = `${product.origin}/api/conversations/${id}/events?before=${before}&limit=500`;
    const { events } = await askJson<{ events: Envelope[] }>("GET", url);
    const [oldest] = events;
    if (!oldest) break;
    pages.unshift(events.filter((one) => one.seq > since));
    before = oldest.seq;
  }
  return pages.flat();
}

/** The seq of the newest event. */
export async function lastSeq(product: Product, id: string): Promise<number> {
  return (await askJson<{ seq: number }>("GET", `${product.origin}/api/conversations/${id}`)).seq;
}

/** What is wrong with the stored events of these items: each once, in the order they were sent, without a gap in seq. */
export function judgeItems(events: Envelope[], sent: string[], since: number): string[] {
  const gap = events.findIndex((one, index) => one.seq !== since + index + 1);
  const completed = events.flatMap(({ event }) => (event.type === "item.completed" ? [event.item.id] : []));
  const differs = completed.length !== sent.length || completed.some((id, index) => id !== sent[index]);
  return [
    ...(gap < 0 ? [] : [`the log has a gap at ${since + gap + 1}`]),
    ...(differs ? [`${sent.length} steps were acknowledged, ${completed.length} are stored, or in another order`] : []),
  ];
}

import type { Report, ReportFrame } from "#contract/report";
import type { ItemDetail, ItemKind, ItemStatus, ReportedItem } from "#contract/run";
import { isoTime } from "#platform/clock";
import { newId } from "#platform/new-id";
import type { ThreadStore } from "./store.ts";

const CHECKPOINT_MS = 250;

export interface NewItem {
  kind: ItemKind;
  title?: string;
  detail?: ItemDetail;
  groupId: string | null;
  /** The item of which this one is a part, such as the call that a sub-agent works for. */
  parentId?: string | null;
}
export interface ItemEnd {
  status: ItemStatus;
  /** Replaces the text that grew. */
  text?: string;
  title?: string;
  detail?: ItemDetail;
  truncation?: ReportedItem["truncation"];
}

interface Growing {
  item: ReportedItem;
  /** UTF-16 units of the text that have gone out as deltas. */
  sent: number;
  /** Whether the store has less text than this. */
  unsaved: boolean;
}

/** Says that something can be sent. */
type Nudge = (what: "reports" | "text") => void;

/** A run's reports: durable ones go to the outbox, growing text is kept at most 250 ms behind. */
export class RunReporter {
  readonly #store: ThreadStore;
  readonly #runId: string;
  readonly #nudge: Nudge;
  readonly #growing = new Map<string, Growing>();
  #saving: ReturnType<typeof setTimeout> | null = null;

  constructor(store: ThreadStore, runId: string, nudge: Nudge) {
    this.#store = store;
    this.#runId = runId;
    this.#nudge = nudge;
    for (const item of store.openItems(runId))
      this.#growing.set(item.id, { item, sent: item.text.length, unsaved: false });
  }

  report(...reports: Report[]): void {
    this.#store.addReports(this.#runId, reports);
    this.#nudge("reports");
  }

  /** Starts an item; its id. */
  open(item: NewItem): string {
    const started: ReportedItem = {
      id: newId("item"),
      runId: this.#runId,
      groupId: item.groupId,
      parentId: item.parentId ?? null,
      kind: item.kind,
      status: "in_progress",
      title: item.title ?? "",
      text: "",
      truncation: null,
      detail: item.detail ?? {},
      startedAt: isoTime(Date.now()),
      completedAt: null,
    };
    this.#growing.set(started.id, { item: started, sent: 0, unsaved: false });
    this.#store.putItem(started);
    this.report({ type: "item.started", item: started });
    return started.id;
  }

  /** Adds to the text of an open item. Nothing happens to an item that is not open. */
  grow(itemId: string, text: string): void {
    const growing = this.#growing.get(itemId);
    if (!growing || text === "") return;
    growing.item = { ...growing.item, text: growing.item.text + text };
    growing.unsaved = true;
    this.#saving ??= setTimeout(() => this.#checkpoint(), CHECKPOINT_MS);
    this.#nudge("text");
  }

  #checkpoint(): void {
    this.#saving = null;
    for (const growing of this.#growing.values()) {
      if (growing.unsaved) this.#store.putItem(growing.item);
      growing.unsaved = false;
    }
  }

  isOpen(itemId: string): boolean {
    return this.#growing.has(itemId);
  }

  /** The text of an open item so far. */
  textOf(itemId: string): string {
    return this.#growing.get(itemId)?.item.text ?? "";
  }

  update(itemId: string, detail: ItemDetail): void {
    const growing = this.#growing.get(itemId);
    if (!growing) return;
    growing.item = { ...growing.item, detail: { ...growing.item.detail, ...detail } };
    this.#store.putItem(growing.item);
    this.report({ type: "item.updated", itemId, changes: { detail: growing.item.detail } });
  }

  /** Ends an open item; an item that is not open stays as it ended. */
  complete(itemId: string, end: ItemEnd): void {
    const growing = this.#growing.get(itemId);
    if (!growing) return;
    this.#growing.delete(itemId);
    this.#store.removeItem(itemId);
    const item: ReportedItem = {
      ...growing.item,
      status: end.status,
      text: end.text ?? growing.item.text,
      title: end.title ?? growing.item.title,
      detail: { ...growing.item.detail, ...end.detail },
      truncation: end.truncation ?? null,
      completedAt: isoTime(Date.now()),
    };
    this.report({ type: "item.completed", item });
  }

  /** Ends every open item, its partial text kept. */
  completeAll(status: ItemStatus): void {
    for (const itemId of [...this.#growing.keys()]) this.complete(itemId, { status });
  }

  takeDeltas(): ReportFrame["deltas"] {
    const deltas: ReportFrame["deltas"] = [];
    for (const growing of this.#growing.values()) {
      const { id, text } = growing.item;
      if (text.length > growing.sent) deltas.push({ itemId: id, offset: growing.sent, text: text.slice(growing.sent) });
      growing.sent = text.length;
    }
    return deltas;
  }

  /** The next deltas of an item begin at `have` again. */
  resend(itemId: string, have: number): void {
    const growing = this.#growing.get(itemId);
    if (growing) growing.sent = Math.min(growing.sent, have);
    this.#nudge("text");
  }
}
